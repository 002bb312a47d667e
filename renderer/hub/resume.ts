/** Sends a large file so that it goes on where it stopped: after a broken line by itself, after a reload once the same file is chosen again. Loaded when the first large file is sent. */
import { DefaultHttpStack, Upload, type HttpRequest, type HttpResponse, type HttpStack } from 'tus-js-client';
import { partBytesFor } from '../../shared/upload-parts.ts';
import { ApiProblem } from '../api/client.ts';
import { isOver, problemOfText, type HubClient, type Sending } from '../api/hub-client.ts';

export interface ResumeTarget {
  /** Where an upload begins, as a whole address. */
  readonly endpoint: string;
  /** Whose it is: what one member has begun is not gone on with by another on this computer. */
  readonly whose: string;
  /** The address of one that has begun with this very file, from this browser or another; null begins anew. */
  readonly begun: (file: File, name: string, folder: string) => Promise<string | null>;
  /** What became of the upload of that number. */
  readonly read: (uploadId: string) => Promise<{ readonly state: 'receiving' | 'finishing' | 'stored' | 'failed'; readonly error_code: string | null; readonly detail: string | null }>;
}
/** For an hour the line may be gone, and everything goes on; a part that gets through begins the count anew. */
const retryDelays = [0, 1_000, 3_000, 5_000, 10_000, 20_000, ...Array.from({ length: 60 }, () => 60_000)];
const askAgainMs = 1_000;

export async function sendResumably(client: HubClient, { file, name, folder, onProgress, signal }: Sending, target: ResumeTarget): Promise<void> {
  const begun = await target.begun(file, name, folder);
  const url = await new Promise<string>((resolve, reject) => {
    if (signal.aborted) return reject(stopped());
    const upload = new Upload(file, {
      endpoint: target.endpoint, uploadUrl: begun, metadata: { filename: name, folder, modified: String(file.lastModified) }, chunkSize: partBytesFor(file.size), retryDelays, httpStack: new MemberStack(client),
      fingerprint: () => Promise.resolve(`strata-upload ${target.whose} ${folder}/${name} ${file.size} ${file.lastModified}`), removeFingerprintOnSuccess: true,
      onShouldRetry: (error) => isWorthAnother(error.originalResponse?.getStatus() ?? 0),
      onProgress: (sentBytes) => onProgress(sentBytes),
      onError: (error) => reject(problemOfError(error)),
      onSuccess: () => resolve(upload.url ?? ''),
    });
    // What has come stays with the hub, so that another try goes on there.
    signal.addEventListener('abort', () => void upload.abort().then(() => reject(stopped()), reject), { once: true });
    upload.findPreviousUploads().then(([before]) => {
      if (begun === null && before !== undefined) upload.resumeFromPreviousUpload(before);
      if (!signal.aborted) upload.start();
    }, reject);
  });
  await whenStored(target, new URL(url, window.location.href).pathname.split('/').at(-1) ?? '', signal);
}

/** Nobody's request waits while a store puts the parts together, so it is asked for. */
async function whenStored(target: ResumeTarget, uploadId: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const now = await target.read(uploadId);
    if (now.state === 'stored') return;
    if (now.state === 'failed') throw new ApiProblem(now.detail ?? '', now.error_code ?? 'internal', 409);
    if (signal.aborted) throw stopped();
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
  }
}

/** 0 is no answer; 409 and 460 go on from where the hub says it stands; 429 waits its turn. */
function isWorthAnother(status: number): boolean {
  return status === 0 || status === 409 || status === 423 || status === 429 || status === 460 || status >= 500;
}
function problemOfError(error: Error): ApiProblem {
  const answer = (error as { readonly originalResponse?: HttpResponse | null }).originalResponse;
  return answer === null || answer === undefined ? new ApiProblem(error.message, 'not_running', 0) : problemOfText(answer.getBody(), answer.getStatus());
}
function stopped(): ApiProblem {
  return new ApiProblem('', 'CANCELLED', -1);
}

/** Each request carries the session as it is then, and the checksum of its bytes. */
class MemberStack implements HttpStack {
  readonly #client: HubClient;
  readonly #plain = new DefaultHttpStack({});
  constructor(client: HubClient) {
    this.#client = client;
  }
  createRequest(method: string, url: string): HttpRequest {
    return new MemberRequest(this.#client, method, url, () => this.#plain.createRequest(method, url));
  }
  getName(): string {
    return 'MemberStack';
  }
}

class MemberRequest implements HttpRequest {
  readonly #client: HubClient;
  readonly #method: string;
  readonly #url: string;
  readonly #make: () => HttpRequest;
  readonly #headers = new Map<string, string>();
  #inner: HttpRequest | null = null;
  #onProgress: (sentBytes: number) => void = () => undefined;
  constructor(client: HubClient, method: string, url: string, make: () => HttpRequest) {
    this.#client = client;
    this.#method = method;
    this.#url = url;
    this.#make = make;
  }
  getMethod(): string {
    return this.#method;
  }
  getURL(): string {
    return this.#url;
  }
  setHeader(header: string, value: string): void {
    this.#headers.set(header, value);
  }
  getHeader(header: string): string | undefined {
    return this.#headers.get(header);
  }
  setProgressHandler(handler: (sentBytes: number) => void): void {
    this.#onProgress = handler;
  }
  async send(body: unknown = null): Promise<HttpResponse> {
    const sum = body instanceof Blob ? await checksumOf(body) : null;
    for (let tries = 0; ; tries += 1) {
      const credential = this.#client.credential();
      const inner = (this.#inner = this.#make());
      for (const [header, value] of [...this.#headers, ...Object.entries(this.#client.headers()), ...(sum === null ? [] : [['Upload-Checksum', sum] as const])]) inner.setHeader(header, value);
      inner.setProgressHandler(this.#onProgress);
      const answer = await inner.send(body);
      if (tries > 1 || !this.#hasSessionEnded(answer) || !(await this.#client.renew(credential))) return answer;
    }
  }
  /** An answer to HEAD has no body to tell why. */
  #hasSessionEnded(answer: HttpResponse): boolean {
    const status = answer.getStatus();
    return this.#method === 'HEAD' ? status === 401 : status >= 400 && isOver(problemOfText(answer.getBody(), status));
  }
  abort(): Promise<void> {
    return this.#inner?.abort() ?? Promise.resolve();
  }
  getUnderlyingObject(): unknown {
    return this.#inner?.getUnderlyingObject();
  }
}

/** A browser only counts where the page itself came safely. */
async function checksumOf(body: Blob): Promise<string | null> {
  if (globalThis.crypto?.subtle === undefined) return null;
  const digest = await crypto.subtle.digest('SHA-256', await body.arrayBuffer());
  return `sha256 ${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}
