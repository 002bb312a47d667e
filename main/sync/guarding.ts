/** Asks before too much at once is deleted or overwritten: what is dangerous waits as a hold, everything else goes on (rule 8, F63). */
import { collect } from '../base/collect.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import type { GuardedSide, HoldKind, Row } from './index-port.ts';
import { judgedBytes, looksDamaged } from './plan/damage.ts';
import { guardWindowMs, isMassChange } from './plan/guard.ts';
import type { Work } from './work.ts';

interface Words {
  readonly kind: HoldKind;
  readonly code: 'mass_deletion' | 'mass_overwrite';
  readonly direction: 'here' | 'there';
  readonly context: Readonly<Record<string, string>>;
}
const words: Readonly<Record<GuardedSide, Words>> = {
  deleteRemote: { kind: 'massDeletion', code: 'mass_deletion', direction: 'there', context: { where: 'in this folder', elsewhere: 'in the place' } },
  deleteLocal: { kind: 'massDeletion', code: 'mass_deletion', direction: 'here', context: { where: 'in the place', elsewhere: 'here' } },
  overwriteRemote: { kind: 'massOverwrite', code: 'mass_overwrite', direction: 'there', context: { where: 'in this folder' } },
  overwriteLocal: { kind: 'massOverwrite', code: 'mass_overwrite', direction: 'here', context: { where: 'in the place' } },
};
const page = 256;
/** Objects of which the first bytes are asked for; the share of these stands for all. */
const mostAsked = 200;

/** Before a round: counts what is about to go, and what went in the last hour. `deletions`: the observations were complete. */
export async function guardRound(work: Work, request: { readonly approveCounts: boolean; readonly deletions: boolean }): Promise<void> {
  if (request.approveCounts) {
    for (const hold of work.index.holds(work.rootId, 'waiting')) if (hold.kind === 'massDeletion' || hold.kind === 'massOverwrite') work.index.settleHold(hold.id, 'approved');
    return;
  }
  await guardOverwritesThere(work);
  await guardOverwritesHere(work);
  if (!request.deletions) return;
  for (const side of ['deleteRemote', 'deleteLocal'] as const) {
    const planned = work.index.countPlanned(work.rootId, side);
    if (planned > 0) holdIfMass(work, side, planned, null);
  }
}

/** Files changed here: each is judged once per content, from its own first bytes. */
async function guardOverwritesThere(work: Work): Promise<void> {
  if (work.index.countPlanned(work.rootId, 'overwriteRemote') === 0) return;
  const damaged: EntryKey[] = [];
  const fresh: Row[] = [];
  for (const row of plannedRows(work, 'overwriteRemote')) {
    const { local } = row;
    if (local?.sha256 == null) continue;
    const known = work.judged.get(row.key);
    if (known?.sha256 === local.sha256) {
      if (known.damaged && !known.passed) damaged.push(row.key);
      continue;
    }
    const isDamaged = looksDamaged(await headOfFile(work, local.diskPath));
    work.judged.set(row.key, { sha256: local.sha256, damaged: isDamaged, passed: false });
    if (!isDamaged) continue;
    damaged.push(row.key);
    fresh.push(row);
  }
  if (damaged.length === 0 || holdIfMass(work, 'overwriteRemote', damaged.length, damaged)) return;
  for (const row of fresh) {
    const known = work.judged.get(row.key);
    if (known !== undefined) work.judged.set(row.key, { ...known, passed: true });
  }
  if (fresh.length > 0) work.index.notePassed(work.rootId, 'overwriteRemote', work.clock.nowMs(), fresh.length);
}

/** Files changed there: a few are judged as they arrive (`notePassed` by the download); many are asked about before the first one comes down. */
async function guardOverwritesHere(work: Work): Promise<void> {
  const planned = work.index.countPlanned(work.rootId, 'overwriteLocal');
  if (planned === 0) return;
  const inLastHour = work.index.passedSince(work.rootId, 'overwriteLocal', work.clock.nowMs() - guardWindowMs);
  if (!isMassChange({ planned, inLastHour, files: filesOf(work, planned + inLastHour) })) return;
  let asked = 0;
  let damaged = 0;
  for (const row of plannedRows(work, 'overwriteLocal')) {
    if (row.remote === null || asked >= mostAsked) break;
    asked += 1;
    if (looksDamaged(await headOfObject(work, row.remote))) damaged += 1;
  }
  if (asked > 0 && damaged > 0) holdIfMass(work, 'overwriteLocal', Math.round((planned * damaged) / asked), null);
}

function* plannedRows(work: Work, side: GuardedSide): Generator<Row, void, void> {
  let after = '';
  for (;;) {
    const rows = work.index.plannedRows(work.rootId, side, { after, limit: page });
    yield* rows;
    const last = rows[rows.length - 1];
    if (rows.length < page || last === undefined) return;
    after = last.key;
  }
}

/** True when it is a hold. `keys` null: all that is planned on that side. */
function holdIfMass(work: Work, side: GuardedSide, planned: number, keys: readonly EntryKey[] | null): boolean {
  const { kind, code, direction, context } = words[side];
  const waiting = work.index.holds(work.rootId, 'waiting').find((hold) => hold.kind === kind && hold.direction === direction);
  const inLastHour = work.index.passedSince(work.rootId, side, work.clock.nowMs() - guardWindowMs);
  const files = filesOf(work, planned + inLastHour);
  if (waiting === undefined && !isMassChange({ planned, inLastHour, files })) return false;
  const hold = work.index.holdPlanned(work.rootId, side, {
    id: waiting?.id ?? work.random(), rootId: work.rootId, kind, direction, ofRows: files, sinceMs: waiting?.sinceMs ?? work.clock.nowMs(), state: 'waiting', code, context,
  }, keys);
  work.emit({ type: 'hold', hold });
  return true;
}

/** A small number only needs to know whether it is all there is. */
function filesOf(work: Work, changed: number): number {
  return work.index.countFiles(work.rootId, changed > 50 ? Number.MAX_SAFE_INTEGER : changed + 1);
}

async function headOfFile(work: Work, diskPath: string): Promise<Uint8Array> {
  try {
    return await firstBytes(work.local.read(diskPath, { start: 0, end: judgedBytes - 1 }));
  } catch {
    // What can't be read now is not sent now either.
    return new Uint8Array(0);
  }
}

async function headOfObject(work: Work, remote: NonNullable<Row['remote']>): Promise<Uint8Array> {
  if (remote.sizeBytes === 0 || remote.tier === 'archive') return new Uint8Array(0);
  const answer = await work.store.get(remote.objectKey, { ifMatch: remote.etag, range: { start: 0, end: Math.min(judgedBytes, remote.sizeBytes) - 1 }, signal: work.signal });
  return answer.ok ? firstBytes(answer.value.body) : new Uint8Array(0);
}

async function firstBytes(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return (await collect(body)).subarray(0, judgedBytes);
}
