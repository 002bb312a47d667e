/** Keeps a store within the bandwidth and the number of requests that the user, and the store itself, allow. */
import { AppError } from '../base/app-error.ts';
import type { Clock, RemoteStore } from '../sync/ports.ts';

export interface StoreLimits {
  /** Null means unlimited. */
  readonly upBytesPerSecond: number | null;
  readonly downBytesPerSecond: number | null;
  readonly concurrency: number;
}
export interface ThrottledStore extends RemoteStore {
  setLimits(limits: StoreLimits): void;
}

/** How far a quiet moment may be made up for; longer would send bursts that a limit exists to prevent. */
const burstMs = 100;
const defaultPauseMs = 1000;

export function createThrottledStore(store: RemoteStore, deps: { readonly clock: Clock; readonly limits: StoreLimits }): ThrottledStore {
  const { clock } = deps;
  const { serverCopy } = store;
  const up = new ByteRate(clock, deps.limits.upBytesPerSecond);
  const down = new ByteRate(clock, deps.limits.downBytesPerSecond);
  const gate = new RequestGate(clock, deps.limits.concurrency);

  async function* paced(body: AsyncIterable<Uint8Array>, rate: ByteRate, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      await rate.take(chunk.byteLength, signal);
      yield chunk;
    }
  }
  return {
    description: store.description,
    setLimits(limits) {
      up.setRate(limits.upBytesPerSecond);
      down.setRate(limits.downBytesPerSecond);
      gate.setLimit(limits.concurrency);
    },
    probe: (signal) => store.probe(signal),
    list: (request) => gate.run(() => store.list(request)),
    head: (key, signal) => gate.run(() => store.head(key, signal)),
    versions: (key, signal) => gate.run(() => store.versions(key, signal)),
    get: (key, request) => gate.run(async () => {
      const answer = await store.get(key, request);
      return answer.ok ? { ok: true, value: { object: answer.value.object, body: paced(answer.value.body, down, request?.signal) } } : answer;
    }),
    async put(key, body, request) {
      if (!(body instanceof Uint8Array)) return gate.run(() => store.put(key, paced(body, up, request.signal), request));
      // Bytes in memory stay in one piece, so that the store can send them again; they are paid for before they go.
      await up.take(body.byteLength, request.signal);
      return gate.run(() => store.put(key, body, request));
    },
    remove: (key, condition) => gate.run(() => store.remove(key, condition)),
    startUpload: (key, metadata) => gate.run(() => store.startUpload(key, metadata)),
    async putPart(key, uploadId, number, bytes, signal) {
      await up.take(bytes.byteLength, signal);
      return gate.run(() => store.putPart(key, uploadId, number, bytes, signal));
    },
    listParts: (key, uploadId) => gate.run(() => store.listParts(key, uploadId)),
    completeUpload: (key, uploadId, parts, condition) => gate.run(() => store.completeUpload(key, uploadId, parts, condition)),
    abortUpload: (key, uploadId) => gate.run(() => store.abortUpload(key, uploadId)),
    listUploads: () => gate.run(() => store.listUploads()),
    copy: (from, to, request) => gate.run(() => store.copy(from, to, request)),
    ...(serverCopy === undefined ? {} : { serverCopy: { source: (key) => serverCopy.source(key), from: (source, to, request) => gate.run(() => serverCopy.from(source, to, request)) } }),
    restore: (key, request) => gate.run(() => store.restore(key, request)),
    watch: (onKeys, signal) => store.watch(onKeys, signal),
    requestCounts: () => store.requestCounts(),
    storeTimeMs: () => store.storeTimeMs(),
    close: () => store.close(),
  };
}

/** A bucket of tokens kept as the moment at which it will be full again: no timer, exact over any length of time. */
class ByteRate {
  private readonly clock: Clock;
  private bytesPerSecond: number | null;
  private paidUntilMs = Number.NEGATIVE_INFINITY;
  constructor(clock: Clock, bytesPerSecond: number | null) {
    this.clock = clock;
    this.bytesPerSecond = bytesPerSecond;
  }
  setRate(bytesPerSecond: number | null): void {
    this.bytesPerSecond = bytesPerSecond;
    // What was promised at the old speed is forgotten, else a lifted limit would be felt for minutes.
    this.paidUntilMs = Number.NEGATIVE_INFINITY;
  }
  /** Small slices, so that a change of the limit is felt at once by those who wait. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    for (let left = bytes; left > 0; ) {
      const rate = this.bytesPerSecond;
      if (rate === null) return;
      const slice = Math.min(left, Math.max(1, Math.floor(rate / 10)));
      const nowMs = this.clock.monotonicMs();
      this.paidUntilMs = Math.max(this.paidUntilMs, nowMs - burstMs) + (slice / rate) * 1000;
      left -= slice;
      const waitMs = this.paidUntilMs - nowMs;
      if (waitMs > 0) await this.clock.sleep(waitMs, signal);
      if (signal?.aborted === true) throw new AppError('cancelled');
    }
  }
}

/** So many requests at once; fewer after the store said that it is busy, and slowly more again while all goes well. */
class RequestGate {
  private readonly clock: Clock;
  private most: number;
  private allowed: number;
  private running = 0;
  private good = 0;
  private pauseUntilMs = Number.NEGATIVE_INFINITY;
  private readonly waiting: (() => void)[] = [];
  constructor(clock: Clock, most: number) {
    this.clock = clock;
    this.most = most;
    this.allowed = most;
  }
  setLimit(most: number): void {
    this.most = Math.max(1, most);
    this.allowed = this.most;
    this.wake();
  }
  async run<T>(work: () => Promise<T>): Promise<T> {
    while (this.running >= this.allowed) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running += 1;
    try {
      const pauseMs = this.pauseUntilMs - this.clock.monotonicMs();
      if (pauseMs > 0) await this.clock.sleep(pauseMs);
      const result = await work();
      this.wentWell();
      return result;
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'store_busy') this.slowDown(thrown.context['retryAfterMs']);
      throw thrown;
    } finally {
      this.running -= 1;
      this.wake();
    }
  }
  private slowDown(retryAfterMs: string | number | undefined): void {
    this.allowed = Math.max(1, Math.floor(this.allowed / 2));
    this.good = 0;
    const pauseMs = typeof retryAfterMs === 'number' ? Math.min(retryAfterMs, 60_000) : defaultPauseMs;
    this.pauseUntilMs = Math.max(this.pauseUntilMs, this.clock.monotonicMs() + pauseMs);
  }
  private wentWell(): void {
    this.good += 1;
    if (this.allowed >= this.most || this.good < this.allowed) return;
    this.good = 0;
    this.allowed += 1;
  }
  private wake(): void {
    // More are woken than fit; each looks for itself whether there is room.
    for (let free = this.allowed - this.running; free > 0; free -= 1) this.waiting.shift()?.();
  }
}
