/** Starting, pausing, looking again, syncing once, new keys: what a user asks of the engines. */
import type { InputOf, OutputOf, RootStatus } from '../../shared/api/contract.ts';
import type { FolderChoice } from '../../shared/model/chosen-folders.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import type { Index, RootId, RootRecord } from '../sync/index-port.ts';
import type { Logger } from '../sync/ports.ts';
import type { LocalRoots } from './local-roots.ts';
import type { Places, StoreKeys } from './ports.ts';
import { secretNameOf, type RootRegistry } from './root-registry.ts';
import type { RootSetup } from './root-setup.ts';
import type { StatusService } from './status-service.ts';
import type { UndoTokens } from './undo-tokens.ts';

export interface ControlDeps {
  readonly index: Index;
  readonly registry: RootRegistry;
  readonly setup: RootSetup;
  readonly places: Places;
  readonly status: StatusService;
  readonly undo: UndoTokens;
  readonly localRoots: LocalRoots;
  readonly logger: Logger;
  /** Chooses the folders of a synced library that this computer keeps. */
  readonly choose: (rootId: string, choices: readonly FolderChoice[]) => Promise<unknown>;
  readonly onChange: () => void;
}
type Done = { undo: string | null };
const done: Done = { undo: null };

export class SyncControl {
  readonly #deps: ControlDeps;
  constructor(deps: ControlDeps) {
    this.#deps = deps;
  }

  /** A pair that is there already is taken as it is: the same command may be given every day. */
  async addRoot(input: InputOf<'addRoot'>): Promise<RootStatus> {
    const known = await this.#deps.setup.find(input.folder, input.place.address);
    if (known === null) return this.#statusOf((await this.#deps.setup.add(input)).id);
    await this.#refresh(known, input);
    return this.#statusOf(known.id);
  }
  async removeRoot(rootId: string): Promise<Done> {
    const { folder } = this.#deps.registry.record(rootId);
    await this.#deps.registry.remove(rootId);
    await this.#deps.localRoots.forget(folder);
    this.#deps.onChange();
    return done;
  }
  async changeKeys(rootId: string, keys: StoreKeys): Promise<Done> {
    this.#deps.registry.get(rootId);
    await this.#deps.places.keepKeys(secretNameOf(rootId), keys);
    await this.#deps.registry.reopen(rootId);
    return done;
  }

  pauseRoots(rootIds: readonly string[], untilMs: number | null): Done {
    const before = rootIds.map((id) => [id, this.#deps.registry.record(id).pausedUntilMs] as const);
    for (const id of rootIds) this.#deps.registry.setPaused(id, untilMs ?? Infinity);
    this.#deps.onChange();
    return { undo: this.#giveBack(before) };
  }
  resumeRoots(rootIds: readonly string[]): Done {
    const before = rootIds.map((id) => [id, this.#deps.registry.record(id).pausedUntilMs] as const);
    for (const id of rootIds) this.#deps.registry.setPaused(id, null);
    this.#deps.onChange();
    return { undo: this.#giveBack(before) };
  }
  allRoots(): readonly string[] {
    return this.#deps.registry.list().map((root) => root.id);
  }

  async syncNow(rootIds: readonly string[]): Promise<Done> {
    for (const id of rootIds) await this.lookAgain(id);
    return done;
  }
  async lookAgain(rootId: string): Promise<Done> {
    const root = this.#deps.registry.get(rootId);
    // Its place could not be opened: try that first.
    if (root.engine === null) await this.#deps.registry.reopen(rootId);
    else root.engine.lookAgain();
    return done;
  }
  async pairAgain(rootId: string, folder: string | undefined): Promise<Done> {
    const record = this.#deps.registry.record(rootId);
    if (folder !== undefined && folder !== record.folder) {
      const path = await this.#deps.setup.usableFolder(folder, null);
      await this.#deps.setup.refuseOverlap(path, rootId);
      this.#deps.index.saveRoot({ ...this.#deps.registry.record(rootId), folder: path });
      await this.#deps.localRoots.forget(record.folder);
      await this.#deps.registry.reopen(rootId);
    }
    await (await this.#deps.registry.engineOf(rootId)).pairAgain();
    return done;
  }
  retry(rootId: string, key: string | undefined): Done {
    const root = this.#deps.registry.get(rootId);
    if (root.engine === null) this.#deps.index.clearFailures(root.id, (key ?? null) as EntryKey | null);
    else root.engine.retry((key ?? null) as EntryKey | null);
    return done;
  }
  powerChanged(event: 'suspend' | 'resume'): Done {
    // Watchers sleep too: after waking everything may have changed (F06).
    if (event === 'resume') for (const root of this.#deps.registry.list()) root.engine?.lookAgain();
    return done;
  }

  async syncOnce(input: InputOf<'syncOnce'>): Promise<OutputOf<'syncOnce'>> {
    const known = await this.#deps.setup.find(input.folder, input.place.address);
    const record = known ?? (await this.#deps.setup.add(input));
    if (known !== null) await this.#refresh(known, input);
    const engine = await this.#deps.registry.engineOf(record.id);
    const { reasons, inStep, ...summary } = await engine.syncOnce({ approveCounts: input.approveCounts });
    this.#deps.logger.info({ rootId: record.id, ms: summary.ms, count: summary.uploaded + summary.downloaded }, 'synced once');
    return { summary, reasons: [...reasons], inStep };
  }

  /** What was given with the call goes with it: keys from the environment today may be others than yesterday's. */
  async #refresh(record: RootRecord, input: Pick<InputOf<'syncOnce'>, 'place' | 'cold' | 'device' | 'choices'>): Promise<void> {
    const device = (input.device ?? '').trim();
    const certificate = input.place.trustedCertificate;
    const renamed = device !== '' && device !== record.deviceName;
    const trusted = certificate !== undefined && certificate !== record.trustedCertificate;
    if (renamed || trusted) this.#deps.index.saveRoot({ ...record, deviceName: renamed ? device : record.deviceName, trustedCertificate: trusted ? certificate : record.trustedCertificate });
    const keysChanged = input.place.keys !== undefined && (await this.#deps.places.keepKeys(secretNameOf(record.id), input.place.keys));
    const coldChanged = input.cold !== undefined && (await this.#deps.setup.noteCold(this.#deps.registry.record(record.id), input.cold));
    if (input.choices !== undefined) await this.#deps.choose(record.id, input.choices);
    if (renamed || trusted || keysChanged || coldChanged) await this.#deps.registry.reopen(record.id);
  }
  #giveBack(before: readonly (readonly [string, number | null])[]): string {
    return this.#deps.undo.give(() => {
      for (const [id, untilMs] of before) if (this.#deps.registry.find(id) !== null) this.#deps.registry.setPaused(id, untilMs);
      this.#deps.onChange();
    });
  }
  #statusOf(rootId: RootId): RootStatus {
    const found = this.#deps.status.read().roots.find((root) => root.id === rootId);
    if (found === undefined) throw new AppError('internal');
    return found;
  }
}
