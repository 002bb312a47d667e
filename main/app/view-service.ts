/** Lists by rank over any number of rows: a view is the ids in their order; pages, changes and type-ahead come from it (ui.md §8). */
import { randomUUID } from 'node:crypto';
import type { Row, ViewQuery } from '../../shared/api/contract.ts';
import { nameOf, pathOfKey, type EntryKey } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { RootId } from '../sync/index-port.ts';
import type { RunningTransfer } from '../sync/root-engine.ts';
import type { WatchedRanks } from './core.ts';
import { changedAtMsOf, entryReasonOf, entryStateOf, residencyOf, sizeOf, tierOf } from './entry-state.ts';
import type { EventBus } from './event-bus.ts';
import { Paced } from './paced.ts';
import type { RootContext, ViewedRow, ViewQueries, ViewScope } from './ports.ts';
import type { RootEvent, RootRegistry } from './root-registry.ts';

export interface ViewDeps {
  readonly queries: ViewQueries;
  readonly registry: RootRegistry;
  readonly bus: EventBus;
  readonly clock: Clock;
  /** Paths of a folder that are kept on this disk. */
  readonly pinned: (rootId: RootId) => readonly string[];
}
interface View {
  readonly id: string;
  readonly query: ViewQuery;
  ids: Int32Array;
  usedAtMs: number;
  /** How long sorting it took: a costly view is made anew less often. */
  tookMs: number;
  madeAtMs: number;
  stale: boolean;
}
const viewLifeMs = 5 * 60_000;
const mostViews = 50;
const mostRows = 500;
/** Remembering more single keys than this costs more than reading all that is shown. */
const mostKeys = 2_000;

export class ViewService {
  readonly #deps: ViewDeps;
  readonly #views = new Map<string, View>();
  readonly #watched = new Map<string, WatchedRanks>();
  readonly #changedKeys = new Map<RootId, Set<EntryKey> | 'all'>();
  readonly #paced: Paced;
  readonly #unsubscribe: () => void;

  constructor(deps: ViewDeps) {
    this.#deps = deps;
    this.#paced = new Paced(deps.clock, 250, () => this.#tellChanges());
    this.#unsubscribe = deps.registry.subscribe((rootId, event) => this.#onEvent(rootId, event));
  }

  open(query: ViewQuery): { viewId: string; count: number } {
    if (query.rootId !== null) this.#deps.registry.get(query.rootId);
    this.#sweep();
    const view: View = { id: randomUUID(), query, ids: new Int32Array(0), usedAtMs: 0, tookMs: 0, madeAtMs: 0, stale: true };
    this.#make(view);
    this.#views.set(view.id, view);
    return { viewId: view.id, count: view.ids.length };
  }
  close(viewId: string): void {
    this.#views.delete(viewId);
  }
  /** From `from` up to and without `to`. */
  rows(viewId: string, from: number, to: number): { count: number; rows: Row[] } {
    const view = this.#use(viewId);
    return { count: view.ids.length, rows: this.#read(view, from, Math.min(to, from + mostRows)) };
  }
  find(viewId: string, prefix: string, after: number): { rank: number | null } {
    const view = this.#use(viewId);
    const wanted = this.#deps.queries.idsOfPrefix(this.#scopeOf(view.query), prefix);
    const { ids } = view;
    for (let step = 1; step <= ids.length; step += 1) {
      const rank = (Math.max(-1, after) + step) % ids.length;
      if (wanted.has(ids[rank] ?? -1)) return { rank };
    }
    return { rank: null };
  }
  /** One entry as it would stand in a list. */
  rowOf(rootId: RootId, key: EntryKey): Row | null {
    const id = this.#deps.queries.idsOfKeys(rootId, [key]).get(key);
    const found = id === undefined ? undefined : this.#deps.queries.rowsById([id]).get(id);
    return found === undefined ? null : toShown(found, 0, this.#contexts([rootId]));
  }
  watch(clientId: string, ranks: WatchedRanks | null): void {
    if (ranks === null) this.#watched.delete(clientId);
    else this.#watched.set(clientId, ranks);
    // What changed between opening the list and being told who looks at it must not wait for the next change.
    if (ranks !== null && (this.#changedKeys.size > 0 || this.#views.get(ranks.viewId)?.stale === true)) this.#paced.wish();
  }
  /** Whatever all rows depend on changed (paused, a conflict settled). */
  refresh(): void {
    for (const root of this.#deps.registry.list()) this.#changedKeys.set(root.id, 'all');
    this.#paced.wish();
  }
  shutDown(): void {
    this.#unsubscribe();
    this.#paced.close();
    this.#views.clear();
  }

  #use(viewId: string): View {
    this.#sweep();
    const view = this.#views.get(viewId);
    if (view === undefined) throw new AppError('stale');
    view.usedAtMs = this.#deps.clock.monotonicMs();
    return view;
  }
  /** On use instead of by a timer: an idle service wakes for nothing. */
  #sweep(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    for (const view of this.#views.values()) if (nowMs - view.usedAtMs > viewLifeMs) this.#views.delete(view.id);
    while (this.#views.size >= mostViews) this.#views.delete(this.#views.keys().next().value ?? '');
  }
  #make(view: View): void {
    const startMs = this.#deps.clock.monotonicMs();
    view.ids = this.#deps.queries.viewIds(this.#scopeOf(view.query));
    const endMs = this.#deps.clock.monotonicMs();
    Object.assign(view, { madeAtMs: endMs, usedAtMs: view.usedAtMs === 0 ? endMs : view.usedAtMs, tookMs: endMs - startMs, stale: false });
  }
  #scopeOf(query: ViewQuery): ViewScope {
    const all = this.#deps.registry.list().map((root) => root.id);
    const roots = query.rootId === null ? all : all.filter((id) => id === query.rootId);
    return { roots, query, context: [...this.#contexts(roots).values()] };
  }
  #contexts(roots: readonly RootId[]): Map<RootId, RootContext> {
    return new Map(roots.map((rootId) => {
      const root = this.#deps.registry.find(rootId);
      const phase = root?.state?.phase ?? 'idle';
      return [rootId, { rootId, dueState: phase === 'paused' || phase === 'offline' ? phase : 'waiting', running: root?.engine?.running() ?? new Map(), percent: percents(root?.engine?.transfers() ?? []), pinned: this.#deps.pinned(rootId) }];
    }));
  }
  #read(view: View, from: number, to: number): Row[] {
    const ids = [...view.ids.subarray(from, to)];
    const found = this.#deps.queries.rowsById(ids);
    const contexts = this.#contexts([...new Set([...found.values()].map((row) => row.rootId))]);
    return ids.flatMap((id, at) => {
      const row = found.get(id);
      // Gone since the view was made; the next change of the view takes its rank away too.
      return row === undefined ? [] : [toShown(row, from + at, contexts)];
    });
  }

  #onEvent(rootId: RootId | null, event: RootEvent): void {
    if (rootId === null || (event.type !== 'rows' && event.type !== 'conflict' && event.type !== 'hold')) return;
    const keys = event.type === 'rows' ? event.keys : 'all';
    const known = this.#changedKeys.get(rootId);
    if (keys === 'all' || known === 'all' || (known?.size ?? 0) + keys.length > mostKeys) this.#changedKeys.set(rootId, 'all');
    else this.#changedKeys.set(rootId, new Set([...(known ?? []), ...keys]));
    if (this.#watched.size > 0) this.#paced.wish();
  }

  #tellChanges(): void {
    const watchedIds = new Set([...this.#watched.values()].map((ranks) => ranks.viewId));
    let again = false;
    for (const view of this.#views.values()) {
      const change = this.#changeOf(view);
      if (change === 'none' && !view.stale) continue;
      if (change === 'order') view.stale = true;
      if (!watchedIds.has(view.id)) continue;
      // Sorting a million rows takes half a second: then not four times a second.
      const due = this.#deps.clock.monotonicMs() - view.madeAtMs >= Math.max(250, view.tookMs * 10);
      const before = view.ids.length;
      const remade = view.stale && due;
      if (remade) this.#make(view);
      again ||= view.stale;
      this.#publish(view, remade ? Math.max(before, view.ids.length) : null);
    }
    this.#changedKeys.clear();
    if (again) this.#paced.wish();
  }

  /** `order`: ranks may have moved; `rows`: only what stands in rows; `none`: nothing of this view. */
  #changeOf(view: View): 'none' | 'rows' | 'order' {
    let change: 'none' | 'rows' | 'order' = 'none';
    const { query } = view;
    const ordered = query.sort !== 'name' || query.states.length > 0 || query.tiers.length > 0;
    for (const [rootId, keys] of this.#changedKeys) {
      if (query.rootId !== null && query.rootId !== rootId) continue;
      if (keys === 'all') return 'order';
      const inside = [...keys].filter((key) => isInside(key, query));
      if (inside.length === 0) continue;
      if (ordered) return 'order';
      const ids = this.#deps.queries.idsOfKeys(rootId, inside);
      // A key without a row was removed, an id that is not in the view came new.
      if (ids.size < inside.length) return 'order';
      const wanted = new Set(ids.values());
      for (const id of view.ids) if (wanted.delete(id) && wanted.size === 0) break;
      if (wanted.size > 0) return 'order';
      change = 'rows';
    }
    return change;
  }

  #publish(view: View, allRanks: number | null): void {
    for (const ranks of this.#watched.values()) {
      if (ranks.viewId !== view.id) continue;
      const from = Math.max(0, ranks.from);
      const to = Math.min(view.ids.length, ranks.to, from + mostRows);
      const ranges = allRanks === null ? [{ from, to }] : [{ from: 0, to: allRanks }];
      this.#deps.bus.publish('viewChanged', { viewId: view.id, count: view.ids.length, ranges, rows: this.#read(view, from, to) });
    }
  }
}

function percents(transfers: readonly RunningTransfer[]): ReadonlyMap<EntryKey, number> {
  return new Map(transfers.map((transfer) => [transfer.key, transfer.sizeBytes === 0 ? 0 : Math.min(99, Math.floor((transfer.bytesDone * 100) / transfer.sizeBytes))]));
}

function isInside(key: EntryKey, query: ViewQuery): boolean {
  if (query.folder === '') return query.search !== '' || !key.slice(0, -1).includes('/');
  if (!key.startsWith(`${query.folder}/`) || key.length === query.folder.length + 1) return false;
  return query.search !== '' || !key.slice(query.folder.length + 1, -1).includes('/');
}

export function toShown(found: ViewedRow, rank: number, contexts: ReadonlyMap<RootId, RootContext>): Row {
  const { row, rootId } = found;
  const context = contexts.get(rootId);
  const state = entryStateOf(row, { running: context?.running.get(row.key) ?? null, inHold: found.inHold, inConflict: found.inConflict, dueState: context?.dueState ?? 'waiting' });
  const path = pathOfKey(row.key);
  return {
    rank, key: row.key, rootId, path, name: nameOf(path), kind: row.key.endsWith('/') ? 'folder' : 'file', state, percent: context?.percent.get(row.key) ?? null, reason: entryReasonOf(row, state),
    sizeBytes: sizeOf(row), changedAtMs: changedAtMsOf(row), residency: residencyOf(row, context?.pinned ?? []), tier: tierOf(row),
  };
}
