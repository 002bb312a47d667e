/** Choosing the folders that this computer keeps, as a use-case: the choice counts at once, what leaves goes between two rounds, and a stop in the middle is made up for. */
import type { OutputOf } from '../../shared/api/contract.ts';
import { isHere, type FolderChoice } from '../../shared/model/chosen-folders.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { chosenFolders } from '../sync/chosen-folders.ts';
import type { Index, RootId } from '../sync/index-port.ts';
import type { Logger } from '../sync/ports.ts';
import { chooseAtOnce, chooseFolders, isLeaving, leaveFolders } from '../tiers/folders-here.ts';
import type { ResidencyResult } from '../tiers/residency.ts';
import type { ViewQueries } from './ports.ts';
import type { RootRegistry } from './root-registry.ts';
import { checkedPath } from './residency-service.ts';
import type { UndoTokens } from './undo-tokens.ts';

export interface ChosenFoldersDeps {
  readonly index: Index;
  readonly registry: RootRegistry;
  readonly queries: Pick<ViewQueries, 'folderSizes' | 'filesAfter'>;
  readonly pinned: (rootId: RootId) => readonly string[];
  readonly undo: UndoTokens;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Files wait a minute in the trash before their room is free. */
  readonly onLeft: (rootId: RootId) => void;
  readonly onChange: () => void;
}
const nothingLeft: ResidencyResult = { files: 0, bytes: 0, left: [] };
const againMs = 60_000;
const filesPage = 5000;

export class ChosenFoldersService {
  readonly #deps: ChosenFoldersDeps;
  readonly #timers = new Map<RootId, () => void>();
  #isClosed = false;
  constructor(deps: ChosenFoldersDeps) {
    this.#deps = deps;
  }

  /** A choice that a stop cut off is carried out. */
  start(): void {
    for (const { id } of this.#deps.registry.list()) if (isLeaving(this.#deps.index, id)) this.#later(id, 1000);
  }
  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#timers.values()) cancel();
  }

  read(rootId: string, folder: string): OutputOf<'readChosen'> {
    const { id } = this.#deps.registry.record(rootId);
    return { choices: [...chosenFolders(this.#deps.index, id)], isLeaving: isLeaving(this.#deps.index, id), folders: this.#deps.queries.folderSizes(id, checkedPath(folder)) };
  }
  preview(rootId: string, choices: readonly FolderChoice[]): OutputOf<'previewChosen'> {
    const { id } = this.#deps.registry.record(rootId);
    const [before, after] = [chosenFolders(this.#deps.index, id), checked(choices)];
    const sums = { leaveFiles: 0, leaveBytes: 0, comeFiles: 0, comeBytes: 0 };
    for (let last = ''; ; ) {
      const page = this.#deps.queries.filesAfter(id, last, filesPage);
      for (const file of page) {
        if (file.isHere && !isHere(after, file.key)) {
          sums.leaveFiles += 1;
          sums.leaveBytes += file.bytes;
        } else if (!file.isHere && isHere(after, file.key) && !isHere(before, file.key)) {
          sums.comeFiles += 1;
          sums.comeBytes += file.bytes;
        }
      }
      const end = page[page.length - 1];
      if (page.length < filesPage || end === undefined) return sums;
      last = end.key;
    }
  }
  /** Throws why the folder or the place can't be reached only when it waits; the choice is kept in any case. */
  async write(rootId: string, wanted: readonly FolderChoice[], wait: boolean): Promise<OutputOf<'writeChosen'>> {
    const { id } = this.#deps.registry.record(rootId);
    const before = chosenFolders(this.#deps.index, id);
    const choices = checked(wanted);
    chooseAtOnce(this.#deps.index, id, choices);
    const carriedOut = this.#carryOut(id, choices);
    const result = wait ? await carriedOut : nothingLeft;
    if (!wait) carriedOut.catch((thrown: unknown) => this.#failed(id, thrown));
    const undo = this.#deps.undo.give(() => void this.write(rootId, before, false));
    this.#deps.onChange();
    return { undo, files: result.files, bytes: result.bytes, left: result.left.map(({ path, code }) => ({ path, code, sentence: new AppError(code).message })), isLeaving: isLeaving(this.#deps.index, id) };
  }

  async #carryOut(id: RootId, choices: readonly FolderChoice[]): Promise<ResidencyResult> {
    const engine = await this.#deps.registry.engineOf(id);
    const result = await engine.between(async (work) => {
      await chooseFolders(work, choices);
      return leaveFolders(work, this.#deps.pinned(id));
    });
    engine.lookAgain();
    this.#left(id);
    return result;
  }
  async #goOn(id: RootId): Promise<void> {
    const engine = this.#deps.registry.find(id)?.engine ?? null;
    if (engine === null || this.#isClosed) return;
    await engine.between((work) => leaveFolders(work, this.#deps.pinned(id)));
    this.#left(id);
  }
  #left(id: RootId): void {
    this.#deps.onLeft(id);
    this.#deps.onChange();
    if (isLeaving(this.#deps.index, id)) this.#later(id, againMs);
  }
  #failed(id: RootId, thrown: unknown): void {
    this.#deps.logger.warn({ code: asAppError(thrown).code, rootId: id }, 'folders that are not chosen could not be taken off the disk yet');
    this.#later(id, againMs);
  }
  #later(id: RootId, delayMs: number): void {
    this.#timers.get(id)?.();
    if (this.#isClosed) return;
    this.#timers.set(id, this.#deps.clock.after(delayMs, () => void this.#goOn(id).catch((thrown: unknown) => this.#failed(id, thrown))));
  }
}

function checked(choices: readonly FolderChoice[]): readonly FolderChoice[] {
  return choices.map((choice) => ({ ...choice, folder: checkedPath(choice.folder) }));
}
