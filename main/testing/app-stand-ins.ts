/** Stand-ins at the ports of the use-cases: an engine that does what the test says, places in memory, folders that are only described. */
import type { ShownCertificate } from '../../shared/api/contract.ts';
import type { FolderFacts, Folders, ParsedPlace, Places, StoreKeys } from '../app/ports.ts';
import { RootRegistry } from '../app/root-registry.ts';
import { AppError } from '../base/app-error.ts';
import { silentLogger } from '../base/logger.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import type { Index, RootId, RootRecord } from '../sync/index-port.ts';
import type { Clock, RemoteStore } from '../sync/ports.ts';
import type { EngineEvent, EngineState, RootEngine, RunningTransfer, SyncOutcome } from '../sync/root-engine.ts';
import type { Work } from '../sync/work.ts';
import { MemoryBucket } from './memory-store.ts';

export const idleState: EngineState = { phase: 'idle', problem: null, nextTryAtMs: null, checked: 0, filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0, profile: null };

export class StandInEngine implements RootEngine {
  readonly rootId: RootId;
  readonly asked: string[] = [];
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  shown: EngineState = idleState;
  moving: RunningTransfer[] = [];
  busy = new Map<EntryKey, 'uploading' | 'downloading' | 'moving' | 'checking'>();
  outcome: SyncOutcome = { uploaded: 0, downloaded: 0, deleted: 0, moved: 0, conflicts: 0, failed: 0, held: 0, skipped: 0, bytesUp: 0, bytesDown: 0, requests: 0, ms: 0, reasons: [], inStep: true };
  readonly store: RemoteStore;
  constructor(rootId: RootId, store: RemoteStore) {
    this.rootId = rootId;
    this.store = store;
  }
  start(): void { this.asked.push('start'); }
  stop(): Promise<void> { this.asked.push('stop'); return Promise.resolve(); }
  syncOnce(): Promise<SyncOutcome> { this.asked.push('syncOnce'); return Promise.resolve(this.outcome); }
  lookAgain(): void { this.asked.push('lookAgain'); }
  pairAgain(): Promise<void> { this.asked.push('pairAgain'); return Promise.resolve(); }
  pauseChanged(): void { this.asked.push('pauseChanged'); }
  renamed(): void { this.asked.push('renamed'); }
  retry(key: EntryKey | null): void { this.asked.push(`retry ${key ?? 'all'}`); }
  settleHold(id: string, outcome: 'approved' | 'refused'): void { this.asked.push(`${outcome} ${id}`); }
  between<T>(): Promise<T> { return Promise.reject(new AppError('internal')); }
  connected(): Promise<Work> { return Promise.reject(new AppError('internal')); }
  tellNow(): Promise<void> { return Promise.resolve(); }
  library(): RemoteStore { return this.store; }
  state(): EngineState { return this.shown; }
  transfers(): readonly RunningTransfer[] { return this.moving; }
  running(): ReadonlyMap<EntryKey, 'uploading' | 'downloading' | 'moving' | 'checking'> { return this.busy; }
  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  tell(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** `mem://name` is a bucket of that name; `refuse` makes its next requests fail. */
export class MemoryPlaces implements Places {
  readonly secretsKind = 'memory';
  readonly buckets = new Map<string, MemoryBucket>();
  readonly kept = new Map<string, StoreKeys>();
  readonly made: string[] = [];
  /** Under which name kept keys were asked for, newest last. */
  readonly askedNames: (string | null)[] = [];
  opened = 0;
  refuse: AppError | null = null;
  readonly #clock: Clock;
  constructor(clock: Clock) {
    this.#clock = clock;
  }
  parse(address: string): ParsedPlace {
    if (address.startsWith('folder:')) return { kind: 'folder', address, name: address.slice(7), identity: `folder ${address.slice(7)}`, folder: address.slice(7), server: null };
    if (!address.startsWith('mem://')) throw new AppError('place_invalid', { detail: 'not mem://' });
    const [bucket = '', ...prefix] = address.slice(6).split('/');
    return { kind: 's3', address, name: address.slice(6), identity: `s3 http://mem ${bucket} ${prefix.length === 0 ? '' : `${prefix.join('/')}/`}`, folder: null, server: 'mem' };
  }
  bucket(address: string): MemoryBucket {
    let bucket = this.buckets.get(address);
    if (bucket === undefined) this.buckets.set(address, (bucket = new MemoryBucket({ clock: this.#clock })));
    return bucket;
  }
  open(address: string, request: Parameters<Places['open']>[1]): Promise<RemoteStore> {
    this.opened += 1;
    this.askedNames.push(request.secretName);
    const refuse = this.refuse;
    return Promise.resolve(this.bucket(address).device(refuse === null ? {} : { beforeRequest: () => { throw refuse; } }));
  }
  keepKeys(name: string, keys: StoreKeys): Promise<boolean> {
    const same = JSON.stringify(this.kept.get(name)) === JSON.stringify(keys);
    this.kept.set(name, keys);
    return Promise.resolve(!same);
  }
  copyKeys(from: string, to: string): Promise<boolean> {
    const keys = this.kept.get(from);
    if (keys !== undefined) this.kept.set(to, keys);
    return Promise.resolve(keys !== undefined);
  }
  lookAtCertificate(): Promise<ShownCertificate> {
    return Promise.reject(new AppError('place_invalid', { detail: 'only an https:// address shows a certificate' }));
  }
  /** Memory has no rules of its own. */
  readLifecycle = (): ReturnType<Places['readLifecycle']> => Promise.reject(new AppError('lifecycle_unsupported', { place: 'memory', detail: 'memory' }));
  writeLifecycle = (): Promise<void> => Promise.reject(new AppError('lifecycle_unsupported', { place: 'memory', detail: 'memory' }));
  makeBucket(address: string): Promise<void> {
    this.made.push(address);
    this.refuse = null;
    return Promise.resolve();
  }
  forgetKeys(name: string): Promise<void> {
    this.kept.delete(name);
    return Promise.resolve();
  }
}

/** Folders by description only; paths are POSIX and real as given, except where `real` says otherwise. */
export function describedFolders(known: Readonly<Record<string, Partial<FolderFacts> & { readonly real?: string }>>): Folders & { readonly made: string[] } {
  const made: string[] = [];
  return {
    made,
    look: (folder) => {
      const found = known[folder];
      if (found === undefined && !made.includes(folder)) return Promise.resolve({ path: folder, kind: 'missing', readable: false, writable: false, freeBytes: null, cloud: null, networkOrRemovable: false });
      return Promise.resolve({ path: found?.real ?? folder, kind: 'folder', readable: true, writable: true, freeBytes: null, cloud: null, networkOrRemovable: false, ...found });
    },
    isWithin: (inner, outer) => inner === outer || inner.startsWith(`${outer}/`),
    browse: (folder) => Promise.resolve({ folder, parent: null, folders: [] }),
    makeFolder: (folder) => {
      made.push(folder);
      return Promise.resolve();
    },
    open: () => Promise.reject(new AppError('internal')),
  };
}

export function recordOf(id: string, over: Partial<RootRecord> = {}): RootRecord {
  return {
    id: id as RootId, name: id, folder: `/home/${id}`, address: `mem://${id}`, coldAddress: null, libraryId: null, deviceId: 'device', deviceName: 'Dev', epoch: 'epoch', counter: 0, counterOnDisk: 0, counterInStore: 0, pausedUntilMs: null, createdAtMs: 0,
    lastInStepAtMs: null, trustedCertificate: null, ...over,
  };
}

export function openRegistry(index: Index, clock: Clock): { readonly registry: RootRegistry; readonly places: MemoryPlaces; readonly engines: Map<RootId, StandInEngine> } {
  const places = new MemoryPlaces(clock);
  const engines = new Map<RootId, StandInEngine>();
  const registry = new RootRegistry({
    index, places, clock, logger: silentLogger,
    makeEngine: (root, store) => {
      const engine = new StandInEngine(root.id, store);
      engines.set(root.id, engine);
      return engine;
    },
  });
  return { registry, places, engines };
}
