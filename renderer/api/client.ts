/** Calls the service's commands by name, typed from the contract, with the bearer of this window. */
import type { CallInputOf, CommandName, OutputOf } from '../../shared/api/contract.ts';
import { routes } from '../../shared/api/routes.ts';

export interface ApiClient {
  call<N extends CommandName>(name: N, input: CallInputOf<N>): Promise<OutputOf<N>>;
  /** Bytes of one entry by its ticket; at most three such requests run at a time. */
  content(url: string, options?: { readonly maxBytes?: number; readonly signal?: AbortSignal }): Promise<Blob>;
  /** A ticket's URL as this page reaches it. */
  resolve(url: string): string;
}

/** What the service answered instead of doing it; `noAnswer` means nobody is there. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  constructor(detail: string, code: string, status: number) {
    super(detail);
    this.code = code;
    this.status = status;
  }
  get noAnswer(): boolean {
    return this.status === 0;
  }
}

export function problemOf(reason: unknown): ApiProblem {
  if (reason instanceof ApiProblem) return reason;
  return new ApiProblem(reason instanceof Error ? reason.message : String(reason), 'internal', -1);
}

/** The request of a command: blanks of the path filled, the rest in the query (GET) or a JSON body. */
export function requestOf(name: CommandName, input: Readonly<Record<string, unknown>>): { method: string; path: string; body: string | undefined } {
  const [method, template] = routes[name];
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = template.replace(/:(\w+)/g, (_, key: string) => {
    const value = rest.get(key);
    rest.delete(key);
    return encodeURIComponent(String(value));
  });
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams([...rest].map(([key, value]): [string, string] => [key, String(value)])).toString();
    return { method, path: query === '' ? path : `${path}?${query}`, body: undefined };
  }
  return { method, path, body: JSON.stringify(Object.fromEntries(rest)) };
}

export function makeHttpClient({ address, token, fetch }: { readonly address: string; readonly token: string; readonly fetch: typeof globalThis.fetch }): ApiClient {
  const atMostThree = makeGate(3);
  const ask = async (url: string, init: RequestInit): Promise<Response> => {
    try {
      return await fetch(url, init);
    } catch (reason) {
      if (init.signal?.aborted === true) throw new ApiProblem('', 'cancelled', -1);
      throw new ApiProblem(String(reason), 'not_running', 0);
    }
  };
  const resolve = (url: string): string => new URL(url, `${address}/`).href;
  return {
    resolve,
    async call(name, input) {
      const { method, path, body } = requestOf(name, input as Readonly<Record<string, unknown>>);
      const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
      if (body !== undefined) headers['Content-Type'] = 'application/json';
      const answer = await ask(`${address}/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
      if (!answer.ok) throw await readProblem(answer);
      return await answer.json() as OutputOf<typeof name>;
    },
    content: (url, options = {}) => atMostThree(async () => {
      const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
      if (options.maxBytes !== undefined) headers['Range'] = `bytes=0-${options.maxBytes - 1}`;
      const answer = await ask(resolve(url), { headers, ...(options.signal === undefined ? {} : { signal: options.signal }) });
      if (!answer.ok) throw await readProblem(answer);
      return await answer.blob();
    }),
  };
}

export async function readProblem(answer: Response): Promise<ApiProblem> {
  try {
    const { detail, error_code: code } = await answer.json() as { detail?: string; error_code?: string };
    return new ApiProblem(detail ?? answer.statusText, code ?? 'internal', answer.status);
  } catch {
    return new ApiProblem(answer.statusText, 'internal', answer.status);
  }
}

/** Lets `width` jobs run at once; the others wait in order. */
function makeGate(width: number): <T>(job: () => Promise<T>) => Promise<T> {
  let free = width;
  const waiting: (() => void)[] = [];
  return async (job) => {
    if (free === 0) await new Promise<void>((go) => waiting.push(go));
    else free -= 1;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
