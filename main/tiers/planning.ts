/** Plans a migration as a stream over the index: one page of rows at a time, never a whole tree (rule 33). */
import type { RootId } from '../sync/index-port.ts';
import { judge, type StayReason, type TierEntry, type TierPolicy, type Verdict } from './policy.ts';

/** The index as planning sees it. */
export interface TierRows {
  /** Files that both sides agree on, in the order of the records: a page is read where it lies. `lastId` null is the end. */
  tierPage(rootId: RootId, afterId: number, limit: number): { readonly entries: readonly TierEntry[]; readonly lastId: number | null };
}
export interface PlannedMove {
  readonly entry: TierEntry;
  readonly verdict: Exclude<Verdict, { readonly kind: 'stay' }>;
}
export interface TierPlan {
  /** Files to copy, and files whose warm copy goes. */
  readonly copies: number;
  readonly drops: number;
  readonly bytesToCopy: number;
  readonly bytesFreedInWarm: number;
  /** Bytes to copy by class; '' is the store's default. */
  readonly byClass: Readonly<Record<string, { readonly files: number; readonly bytes: number }>>;
  readonly stays: Readonly<Record<StayReason, number>>;
  readonly examples: readonly { readonly path: string; readonly sizeBytes: number; readonly rule: string; readonly storageClass: string | null; readonly dropsWarm: boolean }[];
}
export const planPage = 5000;

export function* plannedMoves(rows: TierRows, rootId: RootId, policy: TierPolicy, nowMs: number): Generator<PlannedMove, void, void> {
  for (const { entry, verdict } of judged(rows, rootId, policy, nowMs)) if (verdict.kind !== 'stay') yield { entry, verdict };
}

/** Counts what would move; nothing is written. */
export function planTiers(rows: TierRows, rootId: RootId, policy: TierPolicy, request: { readonly nowMs: number; readonly mostExamples: number }): TierPlan {
  const stays: Record<StayReason, number> = { alreadyThere: 0, noRule: 0, pinned: 0, tooSmallForClass: 0, changedTooRecently: 0 };
  const byClass: Record<string, { files: number; bytes: number }> = {};
  const examples: TierPlan['examples'][number][] = [];
  let [copies, drops, bytesToCopy, bytesFreedInWarm] = [0, 0, 0, 0];
  for (const { entry, verdict } of judged(rows, rootId, policy, request.nowMs)) {
    if (verdict.kind === 'stay') {
      stays[verdict.why] += 1;
      continue;
    }
    const dropsWarm = verdict.kind === 'dropWarm' || verdict.thenDropWarm;
    const storageClass = verdict.kind === 'copy' ? verdict.storageClass : null;
    if (verdict.kind === 'copy') {
      copies += 1;
      bytesToCopy += entry.sizeBytes;
      const sum = (byClass[storageClass ?? ''] ??= { files: 0, bytes: 0 });
      sum.files += 1;
      sum.bytes += entry.sizeBytes;
    }
    if (dropsWarm) {
      drops += 1;
      bytesFreedInWarm += entry.sizeBytes;
    }
    if (examples.length < request.mostExamples) examples.push({ path: entry.key, sizeBytes: entry.sizeBytes, rule: verdict.rule, storageClass, dropsWarm });
  }
  return { copies, drops, bytesToCopy, bytesFreedInWarm, byClass, stays, examples };
}

function* judged(rows: TierRows, rootId: RootId, policy: TierPolicy, nowMs: number): Generator<{ readonly entry: TierEntry; readonly verdict: Verdict }, void, void> {
  for (let afterId: number | null = 0; afterId !== null; ) {
    const page: ReturnType<TierRows['tierPage']> = rows.tierPage(rootId, afterId, planPage);
    for (const entry of page.entries) yield { entry, verdict: judge(entry, policy, nowMs) };
    afterId = page.lastId;
  }
}
