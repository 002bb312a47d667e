/** Does what the thaw queue has due for one library: asks the store, looks, downloads; with few requests and one failing file never in the way of others. */
import { pathOfKey, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import type { Thaw } from '../../shared/model/thaw.ts';
import { asAppError } from '../base/app-error.ts';
import type { StoreKey } from '../sync/ports.ts';
import { remoteSeenOf, type Work } from '../sync/work.ts';
import { fetch } from './residency.ts';
import { next, stepOf, type ThawEvent } from './thaw-queue.ts';

/** Requests at once. */
const sideBySide = 8;
/** So many of one wish are looked at; while all of them are still under way, the others are spared. */
const sample = 3;

/** Calls `save` with each as soon as something is known of it, so that a death in the middle forgets nothing that the store was asked for. */
export async function workOff(work: Work, due: readonly Thaw[], save: (thaw: Thaw) => void, concurrency: number): Promise<void> {
  await inTurns(due.filter((thaw) => stepOf(thaw) === 'ask'), (thaw) => once(work, thaw, save, () => ask(work, thaw)));
  for (const group of byWish(due.filter((thaw) => stepOf(thaw) === 'look'))) await lookAtGroup(work, group, save);
  await download(work, due.filter((thaw) => stepOf(thaw) === 'download'), save, concurrency);
}

async function ask(work: Work, thaw: Thaw): Promise<ThawEvent> {
  return { kind: 'answered', answer: await work.store.restore(thaw.objectKey as StoreKey, { days: thaw.days, speed: thaw.speed, signal: work.signal }) };
}

async function lookAtGroup(work: Work, group: readonly Thaw[], save: (thaw: Thaw) => void): Promise<void> {
  const first = group.slice(0, sample);
  const events = await inTurns(first, (thaw) => once(work, thaw, save, () => look(work, thaw)));
  const others = group.slice(sample);
  const allUnderWay = events.every((event) => event.kind === 'seen' && event.object.restoring === 'in-progress');
  if (allUnderWay) for (const thaw of others) save(next(thaw, { kind: 'spared' }, work.clock.nowMs()));
  else await inTurns(others, (thaw) => once(work, thaw, save, () => look(work, thaw)));
}

async function look(work: Work, thaw: Thaw): Promise<ThawEvent> {
  const object = await work.store.head(thaw.objectKey as StoreKey, work.signal);
  if (object === null || object.deletionClaimedAtMs !== null) return { kind: 'gone' };
  const key = thaw.key as EntryKey;
  const row = work.index.row(work.rootId, key);
  // The list of files then shows where the bytes can be read; the time a listing told stays, or the next one would take it for a change.
  if (row?.remote?.etag === object.etag) {
    const before = row.remote;
    work.index.setRemote(work.rootId, key, { ...remoteSeenOf(object, before.sha256), modifiedMs: before.modifiedMs, objectKey: before.objectKey });
    if (before.tier !== work.index.row(work.rootId, key)?.remote?.tier) work.emit({ type: 'rows', keys: [key] });
  }
  return { kind: 'seen', object };
}

/** Whatever came before: what can be read now is downloaded as any file, and what is on the disk already has arrived. */
async function download(work: Work, thaws: readonly Thaw[], save: (thaw: Thaw) => void, concurrency: number): Promise<void> {
  if (thaws.length === 0) return;
  const left = new Map<string, ThawEvent>();
  try {
    const result = await fetch(work, thaws.map((thaw) => pathOfKey(thaw.key as EntryKey) as RelativePath), concurrency);
    for (const one of result.left) left.set(one.path, { kind: 'problem', code: one.code, chance: work.chance() });
  } catch (thrown) {
    for (const thaw of thaws) left.set(thaw.key, { kind: 'problem', code: asAppError(thrown).code, chance: work.chance() });
  }
  for (const thaw of thaws) {
    const isHere = work.index.row(work.rootId, thaw.key as EntryKey)?.base?.resident === true;
    const event = isHere ? ({ kind: 'arrived' } as const) : left.get(thaw.key);
    // The store says that it is archived again: its time ran out before the bytes were here.
    if (event?.kind === 'problem' && event.code === 'object_archived') await once(work, thaw, save, () => look(work, thaw));
    else save(next(thaw, event ?? { kind: 'problem', code: 'object_changed', chance: work.chance() }, work.clock.nowMs()));
  }
}

async function once(work: Work, thaw: Thaw, save: (thaw: Thaw) => void, act: () => Promise<ThawEvent>): Promise<ThawEvent> {
  const event = await act().catch((thrown: unknown): ThawEvent => ({ kind: 'problem', code: asAppError(thrown).code, chance: work.chance() }));
  save(next(thaw, event, work.clock.nowMs()));
  return event;
}

function byWish(thaws: readonly Thaw[]): Thaw[][] {
  const groups = new Map<string, Thaw[]>();
  for (const thaw of thaws) {
    // What is readable is asked each for itself: their ends differ.
    const name = thaw.state === 'waiting' ? `${thaw.storageClass} ${thaw.speed} ${Math.floor((thaw.startedAtMs ?? 0) / 3_600_000)}` : thaw.id;
    groups.set(name, [...(groups.get(name) ?? []), thaw]);
  }
  return [...groups.values()];
}
async function inTurns<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += sideBySide) results.push(...(await Promise.all(items.slice(at, at + sideBySide).map(act))));
  return results;
}
