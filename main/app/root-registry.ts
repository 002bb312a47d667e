/** The synced folders and their engines: made from the index, started once, one at a time closed, each with its store. */
import type { ErrorCode } from '../../shared/api/errors.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Index, RootId, RootRecord } from '../sync/index-port.ts';
import type { Logger, RemoteStore } from '../sync/ports.ts';
import type { EngineEvent, EngineState, RootEngine } from '../sync/root-engine.ts';
import type { MakeEngine, ParsedPlace, Places } from './ports.ts';

/** Longer timers overflow to "at once". */
const longestTimerMs = 2_000_000_000;

export interface RegistryDeps {
  readonly index: Index;
  readonly places: Places;
  readonly makeEngine: MakeEngine;
  readonly clock: Clock;
  readonly logger: Logger;
}
export interface ManagedRoot {
  readonly id: RootId;
  readonly place: ParsedPlace;
  /** Null while its store can't be opened (no keys) or nothing was asked of it yet. */
  readonly engine: RootEngine | null;
  readonly store: RemoteStore | null;
  readonly state: EngineState | null;
}
interface Entry {
  readonly id: RootId;
  place: ParsedPlace;
  store: RemoteStore | null;
  engine: RootEngine | null;
  opening: Promise<RootEngine> | null;
  problem: AppError | null;
  started: boolean;
  unsubscribe: () => void;
  cancelResume: () => void;
}
export type RootEvent = EngineEvent | { readonly type: 'roots' };
const nothing = (): void => undefined;

export function secretNameOf(rootId: string): string {
  return `place:${rootId}`;
}

export function coldSecretNameOf(rootId: string): string {
  return `${secretNameOf(rootId)}:cold`;
}

export class RootRegistry {
  readonly #deps: RegistryDeps;
  readonly #entries = new Map<RootId, Entry>();
  readonly #listeners = new Set<(rootId: RootId | null, event: RootEvent) => void>();
  #started = false;

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
    for (const record of deps.index.roots()) this.#remember(record);
  }

  /** Until here no byte moves. */
  start(): void {
    this.#started = true;
    for (const entry of this.#entries.values()) this.#begin(entry);
  }

  list(): readonly ManagedRoot[] {
    return [...this.#entries.values()].map((entry) => ({ ...entry, state: stateOf(entry) }));
  }
  find(id: string): ManagedRoot | null {
    const entry = this.#entries.get(id as RootId);
    return entry === undefined ? null : { ...entry, state: stateOf(entry) };
  }
  get(id: string): ManagedRoot {
    const found = this.find(id);
    if (found === null) throw new AppError('not_found', { what: 'folder' });
    return found;
  }
  record(id: string): RootRecord {
    const record = this.#deps.index.root(id as RootId);
    if (record === null) throw new AppError('not_found', { what: 'folder' });
    return record;
  }

  /** Opens the store and makes the engine, without starting it. */
  async engineOf(id: string): Promise<RootEngine> {
    const entry = this.#entry(id);
    if (entry.engine !== null) return entry.engine;
    entry.opening ??= this.#open(entry).finally(() => (entry.opening = null));
    return entry.opening;
  }
  /** The library as one store, the cold one included where there is one. */
  async storeOf(id: string): Promise<RemoteStore> {
    return (await this.engineOf(id)).library();
  }

  /** The record is in the index by now. */
  added(record: RootRecord): void {
    const entry = this.#remember(record);
    if (this.#started) this.#begin(entry);
    this.#tell(record.id, { type: 'roots' });
  }
  async remove(id: string): Promise<void> {
    const entry = this.#entry(id);
    await this.#close(entry);
    this.#entries.delete(entry.id);
    this.#deps.index.removeRoot(entry.id);
    for (const name of [secretNameOf(entry.id), coldSecretNameOf(entry.id)]) await this.#deps.places.forgetKeys(name);
    this.#tell(entry.id, { type: 'roots' });
  }
  /** New keys, another folder: the old engine ends first, so that two never work on one root. */
  async reopen(id: string): Promise<void> {
    const entry = this.#entry(id);
    const { started } = entry;
    await this.#close(entry);
    const record = this.record(id);
    entry.place = this.#parse(record);
    if (started || this.#started) this.#begin(entry);
    this.#tell(entry.id, { type: 'roots' });
  }

  /** This computer has another name: conflicts, runs and the notes for other devices carry it from now on. */
  renameDevice(deviceName: string): void {
    for (const entry of this.#entries.values()) {
      const record = this.record(entry.id);
      if (record.deviceName === deviceName) continue;
      this.#deps.index.saveRoot({ ...record, deviceName });
      entry.engine?.renamed();
      this.#tell(entry.id, { type: 'state' });
    }
  }
  setPaused(id: string, untilMs: number | null): void {
    const entry = this.#entry(id);
    this.#deps.index.saveRoot({ ...this.record(id), pausedUntilMs: untilMs });
    this.#armResume(entry);
    entry.engine?.pauseChanged();
    this.#tell(entry.id, { type: 'state' });
  }

  subscribe(listener: (rootId: RootId | null, event: RootEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => this.#close(entry)));
    this.#listeners.clear();
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id as RootId);
    if (entry === undefined) throw new AppError('not_found', { what: 'folder' });
    return entry;
  }
  #remember(record: RootRecord): Entry {
    const entry: Entry = { id: record.id, place: this.#parse(record), store: null, engine: null, opening: null, problem: null, started: false, unsubscribe: nothing, cancelResume: nothing };
    this.#entries.set(record.id, entry);
    this.#armResume(entry);
    return entry;
  }
  /** An address written by another version must not keep the app from starting. */
  #parse(record: RootRecord): ParsedPlace {
    try {
      return this.#deps.places.parse(record.address);
    } catch {
      return { kind: 's3', address: record.address, name: record.address, identity: record.address, folder: null, server: null };
    }
  }

  #begin(entry: Entry): void {
    entry.started = true;
    this.engineOf(entry.id).then((engine) => {
      if (entry.started && entry.engine === engine) engine.start();
    }, (thrown: unknown) => this.#deps.logger.warn({ err: thrown, rootId: entry.id }, 'a folder could not be started'));
  }
  async #open(entry: Entry): Promise<RootEngine> {
    const record = this.record(entry.id);
    try {
      const store = await this.#deps.places.open(record.address, { keys: null, secretName: secretNameOf(entry.id), trustedCertificate: record.trustedCertificate, forSync: true });
      const engine = this.#deps.makeEngine(record, store);
      entry.store = store;
      entry.engine = engine;
      entry.problem = null;
      entry.unsubscribe = engine.subscribe((event) => this.#tell(entry.id, event));
      return engine;
    } catch (thrown) {
      entry.problem = asAppError(thrown);
      this.#tell(entry.id, { type: 'state' });
      throw entry.problem;
    }
  }
  async #close(entry: Entry): Promise<void> {
    entry.started = false;
    entry.cancelResume();
    await entry.opening?.catch(nothing);
    const { engine, store } = entry;
    entry.engine = null;
    entry.store = null;
    entry.problem = null;
    await engine?.stop();
    entry.unsubscribe();
    entry.unsubscribe = nothing;
    await store?.close();
  }

  #armResume(entry: Entry): void {
    entry.cancelResume();
    entry.cancelResume = nothing;
    const untilMs = this.#deps.index.root(entry.id)?.pausedUntilMs ?? null;
    if (untilMs === null || untilMs === Infinity) return;
    const leftMs = untilMs - this.#deps.clock.nowMs();
    entry.cancelResume = this.#deps.clock.after(Math.min(Math.max(0, leftMs), longestTimerMs), () => {
      if (this.#deps.clock.nowMs() >= untilMs) this.setPaused(entry.id, null);
      else this.#armResume(entry);
    });
  }
  #tell(rootId: RootId, event: RootEvent): void {
    for (const listener of [...this.#listeners]) listener(rootId, event);
  }
}

/** Null while nothing was started: an engine that only exists says "idle", which would read as "up to date". */
function stateOf(entry: Entry): EngineState | null {
  if (entry.engine !== null) {
    const state = entry.engine.state();
    return entry.started || state.problem !== null || state.phase === 'checking' || state.phase === 'syncing' ? state : null;
  }
  if (entry.problem === null) return null;
  return { phase: offlineCodes.has(entry.problem.code) ? 'offline' : 'stopped', problem: entry.problem, nextTryAtMs: null, checked: 0, filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0, profile: null };
}
const offlineCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['network_unreachable', 'network_timeout']);
