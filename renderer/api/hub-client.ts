/** Calls the hub for a member: renews a session that has ended without losing the call, and sends files with their progress. */
import type { CallInputOf, CommandName, OutputOf } from '../../shared/api/contract.ts';
import { ApiProblem, readProblem, requestOf } from './client.ts';
import { headersFor, type Credential, type Member, type SessionShelf } from './hub-session.ts';

export interface Sending {
  readonly file: File;
  readonly name: string;
  readonly folder: string;
  readonly onProgress: (sentBytes: number) => void;
  readonly signal: AbortSignal;
}
export interface HubClient {
  call<N extends CommandName>(name: N, input: CallInputOf<N>): Promise<OutputOf<N>>;
  /** As call, for what is said without a session: a wrong password must not look like a session that ended. */
  callOpenly<N extends CommandName>(name: N, input: CallInputOf<N>): Promise<OutputOf<N>>;
  sendForm(sending: Sending, path?: string): Promise<void>;
  /** Bytes of a file, its beginning alone where that is enough. */
  content(path: string, options?: { readonly maxBytes?: number; readonly signal?: AbortSignal }): Promise<Blob>;
  /** What a request of this member carries now; for parts that send by themselves. */
  headers(): Record<string, string>;
  /** True where the request is worth another try. */
  renew(used: Credential | null): Promise<boolean>;
  credential(): Credential | null;
  logIn(wish: { readonly email: string; readonly password: string }): Promise<Member>;
  logOut(): Promise<void>;
}
export interface HubClientParts {
  readonly address: string;
  readonly fetch: typeof globalThis.fetch;
  readonly shelf: SessionShelf;
  /** Over TLS the session is a cookie's. */
  readonly cookies: boolean;
  /** The session is over: true once somebody has logged in again, false when they don't want to. */
  readonly askToLogIn: () => Promise<boolean>;
  readonly newRequest?: () => XMLHttpRequest;
}

export function makeHubClient({ address, fetch, shelf, cookies, askToLogIn, newRequest = () => new XMLHttpRequest() }: HubClientParts): HubClient {
  let renewing: Promise<boolean> | null = null;
  const send = async <N extends CommandName>(name: N, input: CallInputOf<N>, credential: Credential | null): Promise<OutputOf<N>> => {
    const { method, path, body } = requestOf(name, input as Readonly<Record<string, unknown>>);
    const headers = { ...headersFor(credential), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) };
    const answer = await fetch(`${address}/api/v1${path}`, { method, headers, credentials: 'same-origin', ...(body === undefined ? {} : { body }) }).catch((reason: unknown) => {
      throw new ApiProblem(String(reason), 'not_running', 0);
    });
    if (!answer.ok) throw await readProblem(answer);
    return await answer.json() as OutputOf<N>;
  };
  const refreshCookie = (used: Credential | null): Promise<boolean> => shelf.alone(async () => {
    const now = shelf.read();
    // Another tab was quicker: its renewal counts for all.
    if (now?.kind === 'cookie' && (used?.kind !== 'cookie' || now.proof !== used.proof)) return true;
    try {
      shelf.keep({ kind: 'cookie', proof: (await send('refreshBrowser', {}, null)).csrf_token });
      return true;
    } catch (reason) {
      if (reason instanceof ApiProblem && reason.noAnswer) throw reason;
      return false;
    }
  });
  const renew = (used: Credential | null): Promise<boolean> => {
    renewing ??= (async () => (cookies && (await refreshCookie(used))) || (await askToLogIn()))().finally(() => {
      renewing = null;
    });
    return renewing;
  };
  const client: HubClient = {
    async call(name, input) {
      for (let tries = 0; ; tries += 1) {
        const credential = shelf.read();
        try {
          return await send(name, input, credential);
        } catch (reason) {
          if (tries > 1 || !isOver(reason) || !(await renew(credential))) throw reason;
        }
      }
    },
    callOpenly: (name, input) => send(name, input, null),
    async sendForm(sending, path = '/files/upload') {
      for (let tries = 0; ; tries += 1) {
        const credential = shelf.read();
        try {
          return await sendByForm(newRequest(), `${address}/api/v1${path}`, headersFor(credential), sending);
        } catch (reason) {
          if (tries > 1 || !isOver(reason) || !(await renew(credential))) throw reason;
        }
      }
    },
    async content(path, { maxBytes, signal } = {}) {
      for (let tries = 0; ; tries += 1) {
        const credential = shelf.read();
        const answer = await fetch(`${address}/api/v1${path}`, { headers: { ...headersFor(credential), ...(maxBytes === undefined ? {} : { Range: `bytes=0-${maxBytes - 1}` }) }, credentials: 'same-origin', ...(signal === undefined ? {} : { signal }) }).catch((reason: unknown) => {
          throw new ApiProblem(String(reason), 'not_running', 0);
        });
        if (answer.ok) return answer.blob();
        const problem = await readProblem(answer);
        if (tries > 1 || !isOver(problem) || !(await renew(credential))) throw problem;
      }
    },
    headers: () => headersFor(shelf.read()),
    credential: () => shelf.read(),
    renew,
    async logIn(wish) {
      if (cookies) {
        const { csrf_token: proof, user } = await send('logInBrowser', wish, null);
        shelf.keep({ kind: 'cookie', proof });
        return user;
      }
      const { access_token: token } = await send('logIn', wish, null);
      shelf.keep({ kind: 'bearer', token });
      const { id, email, role } = await send('readMe', {}, { kind: 'bearer', token });
      return { id, email, role };
    },
    async logOut() {
      const credential = shelf.read();
      // Forgotten here in any case; the hub ends it where it hears of it.
      await send('logOut', {}, credential).catch(() => undefined);
      shelf.forget();
    },
  };
  return client;
}

/** Told apart by code: a wrong password and a locked link are 401 too. */
export function isOver(reason: unknown): boolean {
  return reason instanceof ApiProblem && (reason.code === 'UNAUTHORIZED' || reason.code === 'CSRF_NEEDED');
}

/** fetch tells nothing of what was sent, so the older way. */
function sendByForm(request: XMLHttpRequest, url: string, headers: Readonly<Record<string, string>>, { file, name, folder, onProgress, signal }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new ApiProblem('', 'CANCELLED', -1));
    const form = new FormData();
    form.append('folder', folder);
    form.append('file', file, name);
    request.open('POST', url);
    for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value);
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => (request.status < 300 ? resolve() : reject(problemOfText(request.responseText, request.status)));
    request.onerror = () => reject(new ApiProblem('', 'not_running', 0));
    request.onabort = () => reject(new ApiProblem('', 'CANCELLED', -1));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}

export function problemOfText(text: string, status: number): ApiProblem {
  try {
    const { detail = '', error_code: code = 'internal' } = JSON.parse(text) as { detail?: string; error_code?: string };
    return new ApiProblem(detail, code, status);
  } catch {
    return new ApiProblem(text.slice(0, 200), 'internal', status);
  }
}
