/** Everything that waits for the user: holds with their rows, conflicts, failed entries; and settling them. */
import type { Conflict, Hold, NeedsYou, Problem } from '../../shared/api/contract.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import { pathOfKey } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { HoldRecord, Index } from '../sync/index-port.ts';
import { shownConflict } from './conflict-sides.ts';
import type { EventBus } from './event-bus.ts';
import { Paced } from './paced.ts';
import type { ViewQueries } from './ports.ts';
import { reasonOf } from './reasons.ts';
import type { RootRegistry } from './root-registry.ts';

export interface NeedsYouDeps {
  readonly index: Index;
  readonly queries: ViewQueries;
  readonly registry: RootRegistry;
  readonly bus: EventBus;
  readonly clock: Clock;
  /** What another name for archived files takes and costs: those that have to come back first, and all that leave their class. Null when none of them is in the archive. */
  readonly backCost: (rootId: string, files: { readonly back: readonly string[]; readonly all: readonly string[] }) => Hold['backCost'];
  /** Asks for archived files to become readable where they are. */
  readonly bringBack: (rootId: string, paths: readonly string[]) => Promise<void>;
}
/** A screen shows some; the counts say how many there are. */
const mostListed = 500;
const mostExamples = 3;
const mostHeld = 10_000;
const massKinds: ReadonlySet<HoldRecord['kind']> = new Set<HoldRecord['kind']>(['massDeletion', 'massOverwrite', 'archivedRename']);

export class NeedsYouService {
  readonly #deps: NeedsYouDeps;
  readonly #paced: Paced;
  readonly #unsubscribe: () => void;
  #told = '';

  constructor(deps: NeedsYouDeps) {
    this.#deps = deps;
    this.#paced = new Paced(deps.clock, 500, () => this.#tell());
    this.#unsubscribe = deps.registry.subscribe((_, event) => {
      if (event.type !== 'progress' && event.type !== 'activity') this.#paced.wish();
    });
  }

  read(): NeedsYou {
    const { index, queries } = this.#deps;
    const holds = index.holds(null, 'waiting').map((hold) => this.#shown(hold));
    const conflicts = index.conflicts(null);
    const problems = queries.problems(mostListed).map(({ rootId, row }): Problem => ({
      rootId, key: row.key, path: pathOfKey(row.key), state: row.failure?.nextTryAtMs === null ? 'cantSync' : 'tryingAgain',
      reason: reasonOf(row.failure?.code ?? 'internal', row.failure?.context, row.failure?.nextTryAtMs ?? null), attempts: row.failure?.attempts ?? 0,
    }));
    const problemCount = this.#deps.registry.list().reduce((sum, root) => sum + queries.problemCount(root.id), 0);
    return { holds, conflicts: conflicts.slice(0, mostListed).map((conflict): Conflict => shownConflict(index, conflict)), problems, conflictCount: conflicts.length, problemCount };
  }

  holdRows(holdId: string, after: string, limit: number): { paths: string[]; next_cursor: string | null } {
    if (this.#deps.index.hold(holdId) === null) throw new AppError('not_found', { what: 'decision' });
    const keys = this.#deps.index.holdPaths(holdId, after, limit);
    return { paths: keys.map((key) => pathOfKey(key as EntryKey)), next_cursor: keys.length < limit ? null : (keys.at(-1) ?? null) };
  }

  async settle(holdId: string, outcome: 'approved' | 'refused'): Promise<void> {
    const hold = this.#deps.index.hold(holdId);
    if (hold === null || hold.state !== 'waiting') throw new AppError('stale');
    // Identity and incomplete observations can't be agreed away, only looked at again (rule 8).
    if (outcome === 'approved' && !massKinds.has(hold.kind)) throw new AppError(hold.code, hold.context);
    const root = this.#deps.registry.find(hold.rootId);
    const engine = root?.engine ?? (await this.#deps.registry.engineOf(hold.rootId).catch(() => null));
    // Without its place the decision is kept all the same; the engine finds it in the index.
    if (engine === null) this.#deps.index.settleHold(holdId, outcome);
    else engine.settleHold(holdId, outcome);
    if (outcome === 'approved' && hold.kind === 'archivedRename') await this.#deps.bringBack(hold.rootId, this.#onlineOnly(hold));
    this.#paced.wish();
  }

  changed(): void {
    this.#paced.wish();
  }
  close(): void {
    this.#unsubscribe();
    this.#paced.close();
  }

  #shown(hold: HoldRecord): Hold {
    const rootName = this.#deps.index.root(hold.rootId)?.name ?? '';
    const mass = massKinds.has(hold.kind);
    return {
      id: hold.id, rootId: hold.rootId, rootName, kind: hold.kind, direction: hold.direction, rows: hold.rows, ofRows: hold.ofRows,
      examples: mass ? this.#deps.index.holdPaths(hold.id, '', mostExamples).map((key) => pathOfKey(key as EntryKey)) : [],
      sinceMs: hold.sinceMs, reason: reasonOf(hold.code, { root: rootName, ...hold.context }), canApprove: mass, backCost: hold.kind === 'archivedRename' ? this.#backCost(hold) : null,
    };
  }
  /** What is on this disk is sent anew under its new name; only the others have to come back first. */
  #onlineOnly(hold: HoldRecord, keys: readonly EntryKey[] = this.#heldKeys(hold)): string[] {
    return keys.filter((key) => this.#deps.index.row(hold.rootId, key)?.base?.resident === false).map((key) => pathOfKey(key));
  }
  #backCost(hold: HoldRecord): Hold['backCost'] {
    const keys = this.#heldKeys(hold);
    return this.#deps.backCost(hold.rootId, { back: this.#onlineOnly(hold, keys), all: keys.map((key) => pathOfKey(key)) });
  }
  #heldKeys(hold: HoldRecord): EntryKey[] {
    return this.#deps.index.holdPaths(hold.id, '', mostHeld) as EntryKey[];
  }
  #tell(): void {
    const needs = this.read();
    const text = JSON.stringify(needs);
    if (text === this.#told) return;
    this.#told = text;
    this.#deps.bus.publish('needsYou', needs);
  }
}
