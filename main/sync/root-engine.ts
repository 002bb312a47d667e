/** What the rest of Strata sees of the engine: one RootEngine keeps one folder in step with one library. */
import type { AppError } from '../base/app-error.ts';
import type { EntryKey, RelativePath } from '../../shared/relative-path.ts';
import type { ActivityDraft, HoldRecord, Index, RootId, RootRecord } from './index-port.ts';
import type { Work } from './work.ts';
import type { ChangeWatcher, Clock, LocalRoot, Logger, RemoteStore, StoreProfile } from './ports.ts';

export interface EngineDeps {
  readonly root: RootRecord;
  readonly ownerId: string;
  readonly index: Index;
  /** The library's warm store, or the only one. */
  readonly store: RemoteStore;
  /** Opens the cold store that the library's mark names; the engine closes it. */
  readonly openCold: (address: string) => Promise<RemoteStore>;
  /** Whether two STORE texts name one place. */
  readonly isSamePlace: (one: string, other: string) => boolean;
  /** Opens the folder; called again after it vanished and came back. */
  readonly openLocal: () => Promise<LocalRoot>;
  readonly watcher: ChangeWatcher | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => string;
  /** 0 ≤ x < 1, for jitter. */
  readonly chance: () => number;
  readonly concurrency: () => number;
  /** Days that a root's trash keeps what a sync deleted or overwrote. */
  readonly trashDays: () => number;
  /** Names of this root's refusals on this disk, and reserved ones (rule 20). */
  readonly names: NameRules;
}
export interface NameRules {
  /** `.strata…` by any spelling, at any depth; `.strataignore` is not reserved. */
  isReserved(path: RelativePath): boolean;
  conflictName(path: RelativePath, device: string, atMs: number, isTaken: (path: RelativePath) => boolean): RelativePath;
  /** What a conflict copy's name tells: whose it is and of which file; null for any other name. `atMs` is read in this computer's time zone. */
  conflictOf(path: RelativePath): { readonly path: RelativePath; readonly device: string; readonly atMs: number } | null;
  /** Whether a device's name, as copies carry it, is that of this device. */
  isDevice(named: string, deviceName: string): boolean;
  /** The ordinary name under which a conflict copy stays when both are kept. */
  keptName(copyPath: RelativePath, isTaken: (path: RelativePath) => boolean): RelativePath;
  /** The name of what is put back beside a file that has moved on (rule 26). */
  restoredName(path: RelativePath, atMs: number, isTaken: (path: RelativePath) => boolean): RelativePath;
  fileBesideFolderName(path: RelativePath, sha256: string, isTaken: (path: RelativePath) => boolean): RelativePath;
  ignoredBy(path: RelativePath, isFolder: boolean, strataIgnore: string | null): string | null;
}

export type EnginePhase = 'stopped' | 'checking' | 'syncing' | 'idle' | 'paused' | 'offline';
export interface RunningTransfer {
  readonly id: string;
  readonly key: EntryKey;
  readonly path: string;
  readonly direction: 'up' | 'down' | 'move';
  readonly sizeBytes: number;
  readonly bytesDone: number;
  readonly startedAtMs: number;
}
export interface EngineState {
  readonly phase: EnginePhase;
  /** Why the whole root is stopped, offline or waiting; null when it is not. */
  readonly problem: AppError | null;
  readonly nextTryAtMs: number | null;
  /** While checking: how many entries were looked at so far. */
  readonly checked: number;
  /** Work of the running batch. */
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly profile: StoreProfile | null;
}
export type EngineEvent =
  | { readonly type: 'state' }
  /** Rows whose shown state may have changed; 'all' after a big observation. */
  | { readonly type: 'rows'; readonly keys: readonly EntryKey[] | 'all' }
  | { readonly type: 'progress' }
  | { readonly type: 'activity'; readonly line: ActivityDraft & { readonly id: number } }
  | { readonly type: 'hold'; readonly hold: HoldRecord }
  | { readonly type: 'conflict' };
export interface SyncOutcome {
  readonly uploaded: number; readonly downloaded: number; readonly deleted: number; readonly moved: number; readonly conflicts: number; readonly failed: number; readonly held: number; readonly skipped: number;
  readonly bytesUp: number; readonly bytesDown: number; readonly requests: number; readonly ms: number;
  /** Sentences of everything that waits; empty = in step. */
  readonly reasons: readonly string[];
  readonly inStep: boolean;
}
export interface RootEngine {
  readonly rootId: RootId;
  /** Pairs if needed, then keeps the root in step in the background until `stop`. Never throws: problems are state. */
  start(): void;
  /** Ends within a few seconds; running requests are aborted, journal rows stay for the next start. */
  stop(): Promise<void>;
  /** Works until both sides agree or only waiting things are left. `approveCounts` approves mass changes, never an identity or an incomplete observation. */
  syncOnce(request: { readonly approveCounts: boolean; readonly signal?: AbortSignal }): Promise<SyncOutcome>;
  /** A full observation of both sides soon. */
  lookAgain(): void;
  /** Accepts the folder and the library as they are now: new marks, base dropped, a merge that deletes nothing. */
  pairAgain(): Promise<void>;
  /** Reads `pausedUntilMs` of the root's record again. */
  pauseChanged(): void;
  /** Reads the device's name of the root's record again; conflicts and runs from now on carry it. */
  renamed(): void;
  retry(key: EntryKey | null): void;
  settleHold(id: string, outcome: 'approved' | 'refused'): void;
  /** Works between two rounds, with the connected parts; rounds wait meanwhile. Throws why there is no connection. */
  between<T>(work: (parts: Work) => Promise<T>): Promise<T>;
  /** The connected parts, for work that goes on beside the rounds and keeps out of their way by `touched`. */
  connected(): Promise<Work>;
  /** Other devices are told at once what was changed beside the rounds. */
  tellNow(): Promise<void>;
  /** The library as one store, whatever stores it lies in; only its warm one while nothing is connected. */
  library(): RemoteStore;
  state(): EngineState;
  transfers(): readonly RunningTransfer[];
  /** Keys whose operation is running, with what it is: for state words. */
  running(): ReadonlyMap<EntryKey, 'uploading' | 'downloading' | 'moving' | 'checking'>;
  subscribe(listener: (event: EngineEvent) => void): () => void;
}
