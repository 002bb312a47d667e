/** A bucket in memory that several devices share, with a real store's promises, its vices and faults on demand; fully deterministic. */
import { createHash } from 'node:crypto';
import { compareKeys } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import { onePartEtag } from '../sync/markers.ts';
import type { Answer, Clock, CopySource, ETag, ObjectMetadata, RemoteObject, RemoteStore, RequestCounts, RestoreAnswer, ServerCopy, Sha256, StoreKey, StoreProfile, UploadedPart, WriteCondition, Written } from '../sync/ports.ts';

export type StoreVerb = 'list' | 'head' | 'versions' | 'get' | 'put' | 'remove' | 'startUpload' | 'putPart' | 'listParts' | 'completeUpload' | 'abortUpload' | 'listUploads' | 'copy' | 'restore' | 'probe';
/** What becomes of a request: it takes effect and its answer is lost; its listing lacks an entry in the middle or ends early; its body has a wrong byte or ends early. */
export type RequestFate = 'lose-answer' | 'omit-entry' | 'end-early' | 'flip-byte';
/** Throws to refuse. */
export type RequestHook = (verb: StoreVerb, key: string) => void | RequestFate | Promise<void | RequestFate>;

export interface MemoryBucketOptions {
  readonly clock: Clock;
  readonly name?: string;
  /** Keys per page; small ones make paging visible. */
  readonly pageSize?: number;
  /** As MinIO and RGW do: DELETE goes through whatever If-Match says. */
  readonly ignoresConditionalDelete?: boolean;
  /** As RGW does: Complete overwrites whatever If-None-Match says. */
  readonly ignoresConditionalComplete?: boolean;
  /** As MinIO does: a file `p` hides everything below `p/` from listings. */
  readonly fileHidesFolder?: boolean;
  readonly versioning?: boolean;
  readonly notifications?: boolean;
  /** Storage classes that need a restore before they can be read. */
  readonly archivedClasses?: readonly string[];
  /** How long a restore takes. */
  readonly restoreMs?: number;
  /** Buckets of one server, by name: between them it copies by itself. */
  readonly server?: Map<string, MemoryBucket>;
  /** As Amazon does without capacity bought beforehand: an urgent wish is refused. */
  readonly refusesUrgent?: boolean;
}
interface Restored {
  readonly etag: ETag;
  readonly readyAtMs: number;
  readonly untilMs: number;
}
interface Stored {
  readonly bytes: Uint8Array;
  readonly etag: ETag;
  readonly storageClass: string;
  readonly atMs: number;
  readonly versionId: string | null;
  readonly metadata: ObjectMetadata;
}
interface Upload {
  readonly key: StoreKey;
  readonly metadata: ObjectMetadata;
  readonly startedAtMs: number;
  readonly parts: Map<number, { readonly bytes: Uint8Array; readonly etag: ETag }>;
}

export class MemoryBucket {
  readonly options: MemoryBucketOptions;
  readonly objects = new Map<string, Stored>();
  /** Older versions and delete markers (null), newest last; only with `versioning`. */
  readonly versions = new Map<string, (Stored | null)[]>();
  readonly uploads = new Map<string, Upload>();
  /** Readable copies of archived objects, made or under way. */
  readonly restored = new Map<string, Restored>();
  private readonly listeners = new Set<(key: StoreKey) => void>();
  private serial = 0;
  constructor(options: MemoryBucketOptions) {
    this.options = options;
    options.server?.set(nameOf(options), this);
  }

  /** One device's handle, with its own request counts and its own fault hook. */
  device(hooks: { readonly beforeRequest?: RequestHook } = {}): MemoryStore {
    return new MemoryStore(this, hooks);
  }
  nextId(kind: string): string {
    this.serial += 1;
    return `${kind}-${this.serial}`;
  }
  sortedKeys(): string[] {
    return [...this.objects.keys()].sort(compareKeys);
  }
  /** The object is there, and no listing shows it. */
  hides(key: string): boolean {
    return this.options.fileHidesFolder === true && hiddenByFile(key, this.objects);
  }
  /** How it stands with an archived object; 'no' also once its readable copy has run out. */
  restoring(key: string): { readonly state: RemoteObject['restoring']; readonly untilMs: number | null } {
    const [restored, nowMs] = [this.restored.get(key), this.options.clock.nowMs()];
    if (restored === undefined || restored.etag !== this.objects.get(key)?.etag || nowMs >= restored.untilMs) return { state: 'no', untilMs: null };
    return nowMs < restored.readyAtMs ? { state: 'in-progress', untilMs: null } : { state: 'restored', untilMs: restored.untilMs };
  }
  isUnreadable(key: string): boolean {
    const found = this.objects.get(key);
    return found !== undefined && this.options.archivedClasses?.includes(found.storageClass) === true && this.restoring(key).state !== 'restored';
  }
  /** Content as text, or null; for assertions. */
  text(key: string): string | null {
    const found = this.objects.get(key);
    return found === undefined ? null : Buffer.from(found.bytes).toString('utf8');
  }
  /** A write by some other program: no condition, no metadata of ours unless given. */
  write(key: string, content: string | Uint8Array, extra: { readonly metadata?: ObjectMetadata; readonly storageClass?: string; readonly etag?: ETag } = {}): ETag {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const stored: Stored = {
      bytes, etag: extra.etag ?? (md5(bytes) as ETag), storageClass: extra.storageClass ?? 'STANDARD', atMs: this.options.clock.nowMs(),
      versionId: this.options.versioning === true ? this.nextId('version') : null, metadata: extra.metadata ?? {},
    };
    this.keepVersion(key, stored);
    this.objects.set(key, stored);
    this.tell(key);
    return stored.etag;
  }
  erase(key: string): void {
    if (!this.objects.delete(key)) return;
    this.keepVersion(key, null);
    this.tell(key);
  }
  onChange(listener: (key: StoreKey) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  private keepVersion(key: string, stored: Stored | null): void {
    if (this.options.versioning !== true) return;
    const all = this.versions.get(key) ?? [];
    all.push(stored);
    this.versions.set(key, all);
  }
  private tell(key: string): void {
    for (const listener of this.listeners) listener(key as StoreKey);
  }
}

export class MemoryStore implements RemoteStore {
  readonly description;
  readonly serverCopy?: ServerCopy;
  private readonly bucket: MemoryBucket;
  private readonly hooks: { readonly beforeRequest?: RequestHook };
  private readonly counts = { PUT: 0, GET: 0, HEAD: 0, DELETE: 0, LIST: 0, POST: 0 };
  private storeTime: number | null = null;
  constructor(bucket: MemoryBucket, hooks: { readonly beforeRequest?: RequestHook }) {
    this.bucket = bucket;
    this.hooks = hooks;
    const name = nameOf(bucket.options);
    this.description = { kind: 'memory', name, identity: `memory ${name}` } as const;
    if (bucket.options.server !== undefined) this.serverCopy = { source: (key) => Promise.resolve({ server: 'memory', bucket: name, key }), from: (source, to, request) => this.copyFrom(source, to, request) };
  }

  async probe(): Promise<StoreProfile> {
    return this.request('probe', '', 'GET', () => ({
      conditionalPut: true, conditionalPutIfMatch: true, conditionalComplete: this.bucket.options.ignoresConditionalComplete !== true,
      conditionalDelete: this.bucket.options.ignoresConditionalDelete !== true, rangedCopy: true, multipart: true,
      versioning: this.bucket.options.versioning === true ? 'on' : 'off', checksPayload: true, notifications: this.bucket.options.notifications === true,
      listsInUtf8Order: true, clockOffsetMs: 0, probedAtMs: this.bucket.options.clock.nowMs(),
    }));
  }
  async list(request: Parameters<RemoteStore['list']>[0]): ReturnType<RemoteStore['list']> {
    request.signal?.throwIfAborted();
    return this.request('list', request.prefix ?? '', 'LIST', (fate) => {
      const after = request.token ?? request.startAfter ?? null;
      const limit = Math.min(request.maxKeys ?? 1000, this.bucket.options.pageSize ?? 1000);
      const all = this.bucket.sortedKeys();
      const shown = this.bucket.options.fileHidesFolder === true ? all.filter((key) => !hiddenByFile(key, this.bucket.objects)) : all;
      const fitting = shown.filter((key) => key.startsWith(request.prefix ?? '') && (after === null || compareKeys(key, after) > 0));
      const page = fitting.slice(0, limit);
      const objects = page.map((key) => listed(key, this.bucket.objects.get(key) as Stored));
      if (fate === 'end-early') return { objects: objects.slice(0, objects.length >> 1), next: null };
      const shownObjects = fate === 'omit-entry' ? objects.filter((_, index) => index !== objects.length >> 1) : objects;
      return { objects: shownObjects, next: fitting.length > limit ? page[page.length - 1] as string : null };
    });
  }
  async head(key: StoreKey): Promise<RemoteObject | null> {
    return this.request('head', key, 'HEAD', () => {
      const found = this.bucket.objects.get(key);
      return found === undefined ? null : { ...described(key, found), ...this.restoreOf(key) };
    });
  }
  async versions(key: StoreKey): ReturnType<RemoteStore['versions']> {
    return this.request('versions', key, 'LIST', () => this.versionsOf(key).map(({ versionId, etag, bytes, atMs }) => ({ versionId: versionId as string, etag, sizeBytes: bytes.byteLength, lastModifiedMs: atMs })));
  }
  async get(key: StoreKey, request: NonNullable<Parameters<RemoteStore['get']>[1]> = {}): ReturnType<RemoteStore['get']> {
    request.signal?.throwIfAborted();
    return this.request('get', key, 'GET', (fate) => {
      const found = request.versionId === undefined ? this.bucket.objects.get(key) : this.versionsOf(key).find((each) => each.versionId === request.versionId);
      if (found === undefined) return refused('absent');
      if (request.ifMatch !== undefined && request.ifMatch !== found.etag) return refused('precondition');
      if (this.bucket.isUnreadable(key)) return refused('archived');
      const bytes = request.range === undefined ? found.bytes : found.bytes.subarray(request.range.start, request.range.end + 1);
      return accepted({ object: { ...described(key, found), ...this.restoreOf(key) }, body: chunks(damaged(bytes, fate), request.signal) });
    });
  }
  async put(key: StoreKey, body: Uint8Array | AsyncIterable<Uint8Array>, request: Parameters<RemoteStore['put']>[2]): Promise<Answer<Written>> {
    checkKey(key);
    const bytes = await collect(body, request.signal, request.onSent);
    if (bytes.byteLength !== request.sizeBytes) throw new AppError('file_changed');
    return this.request('put', key, 'PUT', () => {
      if (sha256(bytes) !== request.sha256) throw new AppError('checksum_mismatch');
      const refusal = this.refusal(key, request);
      return refusal ?? this.store(key, bytes, request.metadata ?? {});
    });
  }
  async remove(key: StoreKey, condition: { readonly ifMatch?: ETag } = {}): Promise<Answer<null>> {
    return this.request('remove', key, 'DELETE', () => {
      const found = this.bucket.objects.get(key);
      const heeds = this.bucket.options.ignoresConditionalDelete !== true;
      if (heeds && condition.ifMatch !== undefined && found === undefined) return refused('absent');
      if (heeds && condition.ifMatch !== undefined && found?.etag !== condition.ifMatch) return refused('precondition');
      this.bucket.erase(key);
      return accepted(null);
    });
  }
  async startUpload(key: StoreKey, metadata: ObjectMetadata): Promise<string> {
    checkKey(key);
    return this.request('startUpload', key, 'POST', () => {
      const id = this.bucket.nextId('upload');
      this.bucket.uploads.set(id, { key, metadata, startedAtMs: this.bucket.options.clock.nowMs(), parts: new Map() });
      return id;
    });
  }
  async putPart(key: StoreKey, uploadId: string, number: number, bytes: Uint8Array, signal?: AbortSignal): Promise<UploadedPart> {
    signal?.throwIfAborted();
    return this.request('putPart', key, 'PUT', () => {
      const etag = md5(bytes) as ETag;
      this.upload(key, uploadId).parts.set(number, { bytes: Uint8Array.from(bytes), etag });
      return { number, etag, sizeBytes: bytes.byteLength };
    });
  }
  async listParts(key: StoreKey, uploadId: string): Promise<readonly UploadedPart[]> {
    return this.request('listParts', key, 'LIST', () =>
      [...this.upload(key, uploadId).parts].sort((a, b) => a[0] - b[0]).map(([number, part]) => ({ number, etag: part.etag, sizeBytes: part.bytes.byteLength })));
  }
  async completeUpload(key: StoreKey, uploadId: string, parts: readonly UploadedPart[], condition: WriteCondition): Promise<Answer<Written>> {
    return this.request('completeUpload', key, 'POST', () => {
      const upload = this.bucket.uploads.get(uploadId);
      if (upload === undefined || upload.key !== key) return refused('absent');
      const refusal = this.bucket.options.ignoresConditionalComplete === true ? null : this.refusal(key, condition);
      if (refusal !== null) return refusal;
      const kept = parts.map((part) => {
        const found = upload.parts.get(part.number);
        if (found === undefined || found.etag !== part.etag) throw new AppError('store_error', { detail: 'InvalidPart' });
        return found;
      });
      const digest = md5(Buffer.concat(kept.map((part) => Buffer.from(part.etag, 'hex'))));
      this.bucket.uploads.delete(uploadId);
      return this.store(key, Buffer.concat(kept.map((part) => part.bytes)), upload.metadata, `${digest}-${kept.length}` as ETag);
    });
  }
  async abortUpload(key: StoreKey, uploadId: string): Promise<void> {
    await this.request('abortUpload', key, 'DELETE', () => this.bucket.uploads.delete(uploadId));
  }
  async listUploads(): ReturnType<RemoteStore['listUploads']> {
    return this.request('listUploads', '', 'LIST', () => [...this.bucket.uploads].map(([uploadId, upload]) => ({ key: upload.key, uploadId, startedAtMs: upload.startedAtMs })));
  }
  async copy(from: StoreKey, to: StoreKey, request: Parameters<RemoteStore['copy']>[2]): Promise<Answer<Written>> {
    checkKey(to);
    return this.request('copy', to, 'PUT', () => this.copyOf(this.bucket, from, to, request));
  }
  private copyOf(of: MemoryBucket, from: string, to: StoreKey, request: Parameters<RemoteStore['copy']>[2]): Answer<Written> {
    const source = of.objects.get(from);
    if (source === undefined) return refused('absent');
    if (source.etag !== request.sourceIfMatch) return refused('precondition');
    if (of.isUnreadable(from)) return refused('archived');
    if (this.bucket.objects.has(to)) return refused('precondition');
    // A copy in parts: its ETag is not the source's.
    const etag = source.bytes.byteLength === 0 ? source.etag : (onePartEtag(md5(source.bytes)) as ETag);
    return this.store(to, source.bytes, request.metadata, etag);
  }
  private async copyFrom(source: CopySource, to: StoreKey, request: Parameters<ServerCopy['from']>[2]): ReturnType<ServerCopy['from']> {
    checkKey(to);
    const of = source.server === 'memory' ? this.bucket.options.server?.get(source.bucket) : undefined;
    if (of === undefined || request.sizeBytes === 0) return 'elsewhere';
    const answer = await this.request('copy', to, 'PUT', () => this.copyOf(of, source.key, to, request));
    return answer.ok ? accepted({ ...answer.value, sameMark: answer.value.etag === onePartEtag(request.sourceIfMatch) }) : answer;
  }
  async restore(key: StoreKey, request: Parameters<RemoteStore['restore']>[1]): Promise<RestoreAnswer> {
    request.signal?.throwIfAborted();
    return this.request('restore', key, 'POST', () => {
      const { options, objects, restored } = this.bucket;
      const found = objects.get(key);
      if (found === undefined) return 'absent';
      if (options.archivedClasses?.includes(found.storageClass) !== true) return 'notArchived';
      const { state } = this.bucket.restoring(key);
      if (state === 'in-progress') return 'inProgress';
      if (state === 'no' && request.speed === 'expedited' && options.refusesUrgent === true) throw new AppError('restore_too_urgent', { place: this.description.name });
      const readyAtMs = options.clock.nowMs() + (state === 'restored' ? 0 : options.restoreMs ?? 0);
      restored.set(key, { etag: found.etag, readyAtMs, untilMs: readyAtMs + request.days * 86_400_000 });
      return state === 'restored' ? 'readable' : 'started';
    });
  }
  async watch(onKeys: (keys: readonly StoreKey[]) => void, signal: AbortSignal): Promise<boolean> {
    if (this.bucket.options.notifications !== true) return false;
    if (signal.aborted) return true;
    const stop = this.bucket.onChange((key) => onKeys([key]));
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    stop();
    return true;
  }
  requestCounts(): RequestCounts {
    return { ...this.counts };
  }
  storeTimeMs(): number | null {
    return this.storeTime;
  }
  async close(): Promise<void> {}

  /** Every request passes here: hook, count, effect, and perhaps a lost answer. */
  private async request<T>(verb: StoreVerb, key: string, count: keyof RequestCounts, effect: (fate: RequestFate | void) => T): Promise<T> {
    const fate = await this.hooks.beforeRequest?.(verb, key);
    this.counts[count] += 1;
    const result = effect(fate);
    if (fate === 'lose-answer') throw new AppError('network_timeout', { place: this.description.name });
    this.storeTime = Math.floor(this.bucket.options.clock.nowMs() / 1000) * 1000;
    return result;
  }
  private versionsOf(key: StoreKey): Stored[] {
    return (this.bucket.versions.get(key) ?? []).filter((each) => each !== null).reverse();
  }
  private restoreOf(key: StoreKey): Pick<RemoteObject, 'restoring' | 'readableUntilMs'> {
    const { state, untilMs } = this.bucket.restoring(key);
    return { restoring: state, readableUntilMs: untilMs };
  }
  private refusal(key: StoreKey, condition: WriteCondition): { readonly ok: false; readonly why: 'absent' | 'precondition' } | null {
    const found = this.bucket.objects.get(key);
    if (condition.ifNoneMatch !== undefined) return found === undefined ? null : refused('precondition');
    if (condition.ifMatch === undefined) return null;
    if (found === undefined) return refused('absent');
    return found.etag === condition.ifMatch ? null : refused('precondition');
  }
  private store(key: StoreKey, bytes: Uint8Array, metadata: ObjectMetadata, etag?: ETag): Answer<Written> {
    const written = this.bucket.write(key, Uint8Array.from(bytes), { metadata, ...(metadata.storageClass === undefined ? {} : { storageClass: metadata.storageClass }), ...(etag === undefined ? {} : { etag }) });
    return accepted({ etag: written, versionId: this.bucket.objects.get(key)?.versionId ?? null });
  }
  private upload(key: StoreKey, uploadId: string): Upload {
    const upload = this.bucket.uploads.get(uploadId);
    if (upload === undefined || upload.key !== key) throw new AppError('upload_gone', { place: this.description.name });
    return upload;
  }
}

function nameOf(options: MemoryBucketOptions): string {
  return options.name ?? 'memory';
}
function accepted<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}
function refused<W extends 'absent' | 'precondition' | 'archived'>(why: W): { readonly ok: false; readonly why: W } {
  return { ok: false, why };
}
function listed(key: string, stored: Stored): { key: StoreKey; sizeBytes: number; etag: ETag; storageClass: string; lastModifiedMs: number } {
  return { key: key as StoreKey, sizeBytes: stored.bytes.byteLength, etag: stored.etag, storageClass: stored.storageClass, lastModifiedMs: stored.atMs };
}
function described(key: StoreKey, stored: Stored): RemoteObject {
  const { metadata } = stored;
  return {
    ...listed(key, stored), versionId: stored.versionId, claimedSha256: metadata.sha256 ?? null, storeSha256: null, parentSha256: metadata.parentSha256 ?? null,
    mtimeNs: metadata.mtimeNs ?? null, executable: metadata.executable === true, ...(metadata.contentType === undefined ? {} : { contentType: metadata.contentType }), otherHeaders: metadata.otherHeaders ?? {}, deletionClaimedAtMs: metadata.deletionClaim === true ? stored.atMs : null, restoring: 'no',
  };
}
function hiddenByFile(key: string, objects: ReadonlyMap<string, Stored>): boolean {
  for (let cut = key.indexOf('/'); cut >= 0; cut = key.indexOf('/', cut + 1)) if (objects.has(key.slice(0, cut))) return true;
  return false;
}
function checkKey(key: StoreKey): void {
  if (key === '' || key.includes('\0') || key.split('/').some((part) => part === '.' || part === '..')) throw new AppError('key_hostile');
  if (Buffer.byteLength(key) > 1024) throw new AppError('key_too_long');
}
async function collect(body: Uint8Array | AsyncIterable<Uint8Array>, signal: AbortSignal | undefined, onSent: ((bytes: number) => void) | undefined): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    if (signal?.aborted === true) throw new AppError('cancelled');
    parts.push(chunk);
    onSent?.(chunk.byteLength);
  }
  return Buffer.concat(parts);
}
function damaged(bytes: Uint8Array, fate: RequestFate | void): Uint8Array {
  if (bytes.byteLength === 0 || (fate !== 'flip-byte' && fate !== 'end-early')) return bytes;
  if (fate === 'end-early') return bytes.subarray(0, bytes.byteLength >> 1);
  const wrong = Uint8Array.from(bytes);
  wrong[bytes.byteLength >> 1] = (wrong[bytes.byteLength >> 1] ?? 0) ^ 1;
  return wrong;
}
const chunkBytes = 65_536;
async function* chunks(bytes: Uint8Array, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) {
    if (signal?.aborted === true) throw new AppError('cancelled');
    yield bytes.subarray(at, at + chunkBytes);
  }
}
function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
function sha256(bytes: Uint8Array): Sha256 {
  return createHash('sha256').update(bytes).digest('hex') as Sha256;
}
