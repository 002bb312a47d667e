/** Frees up room on this disk by itself: what was not used for long, and, when the disk is nearly full, what was used longest ago; pins win, and nothing goes that the place does not hold (rules 1, 18). */
import type { RelativePath } from '../../shared/relative-path.ts';
import type { RootId } from '../sync/index-port.ts';
import type { Work } from '../sync/work.ts';
import { isAtOrBelow } from './policy.ts';
import { evict, type ResidencyResult } from './residency.ts';

/** Null = that rule is off. */
export interface RoomRules {
  readonly unusedDays: number | null;
  readonly keepFreeBytes: number | null;
}
export const noRoomRules: RoomRules = { unusedDays: null, keepFreeBytes: null };
export interface ResidentFile {
  readonly key: string;
  readonly diskPath: string;
  readonly sizeBytes: number;
  /** Newest of what the records know: opened through Strata, changed, arrived on this disk; ms. */
  readonly usedMs: number;
}
/** The index as this looks at it: files on this disk that are in step and can be read from the place at once. */
export interface RoomRows {
  /** In key order after `after`, used before `beforeMs`. */
  unusedPage(rootId: RootId, beforeMs: number, after: string, limit: number): readonly ResidentFile[];
  /** The longest unused first. */
  longestUnused(rootId: RootId, limit: number): readonly ResidentFile[];
}
const dayMs = 86_400_000;
const pageRows = 500;
/** What one look takes off a full disk: the next one goes on. */
const mostAtOnce = 2000;

/** How much has to go so that as much is free as is wanted. */
export function bytesToFree(rules: RoomRules, freeBytes: number): number {
  return rules.keepFreeBytes === null ? 0 : Math.max(0, rules.keepFreeBytes - freeBytes);
}
export function unusedBefore(rules: RoomRules, nowMs: number): number | null {
  return rules.unusedDays === null ? null : nowMs - rules.unusedDays * dayMs;
}

export interface RoomPreview {
  readonly unusedFiles: number;
  readonly unusedBytes: number;
  /** What a full disk would take now, beside that. */
  readonly fullFiles: number;
  readonly fullBytes: number;
  readonly missingBytes: number;
  readonly examples: readonly { readonly path: string; readonly sizeBytes: number; readonly usedMs: number }[];
}

/** As the records know it, without asking the system when each file was read; nothing is changed. */
export function previewRoom(rows: RoomRows, rootId: RootId, rules: RoomRules, now: { readonly nowMs: number; readonly freeBytes: number | null; readonly pinned: readonly string[]; readonly mostExamples: number }): RoomPreview {
  const isPinned = (file: ResidentFile): boolean => now.pinned.some((path) => isAtOrBelow(file.key, path));
  const sums = { unusedFiles: 0, unusedBytes: 0, fullFiles: 0, fullBytes: 0 };
  const examples: { path: string; sizeBytes: number; usedMs: number }[] = [];
  const show = (file: ResidentFile): void => {
    if (examples.length < now.mostExamples) examples.push({ path: file.key, sizeBytes: file.sizeBytes, usedMs: file.usedMs });
  };
  const beforeMs = unusedBefore(rules, now.nowMs);
  if (beforeMs !== null) {
    for (const file of unused(rows, rootId, beforeMs)) {
      if (isPinned(file)) continue;
      sums.unusedFiles += 1;
      sums.unusedBytes += file.sizeBytes;
      show(file);
    }
  }
  const missing = now.freeBytes === null ? 0 : Math.max(0, bytesToFree(rules, now.freeBytes) - sums.unusedBytes);
  for (const file of missing === 0 ? [] : rows.longestUnused(rootId, mostAtOnce)) {
    if (sums.fullBytes >= missing) break;
    if (isPinned(file) || (beforeMs !== null && file.usedMs < beforeMs)) continue;
    sums.fullFiles += 1;
    sums.fullBytes += file.sizeBytes;
    show(file);
  }
  return { ...sums, missingBytes: Math.max(0, missing - sums.fullBytes), examples };
}

function* unused(rows: RoomRows, rootId: RootId, beforeMs: number): Generator<ResidentFile, void, void> {
  let after = '';
  for (;;) {
    const page = rows.unusedPage(rootId, beforeMs, after, pageRows);
    yield* page;
    const last = page[page.length - 1];
    if (page.length < pageRows || last === undefined) return;
    after = last.key;
  }
}

export interface RoomParts {
  readonly rows: RoomRows;
  readonly rules: RoomRules;
  readonly pinned: readonly string[];
  readonly words: { readonly unused: string; readonly full: string };
}

/** What was not used for so many days; also by other programs, as far as the system says when a file was read. */
export async function freeUnused(work: Work, { rows, rules, pinned, words }: RoomParts): Promise<ResidencyResult> {
  const beforeMs = unusedBefore(rules, work.clock.nowMs());
  const total = { files: 0, bytes: 0, left: [] as ResidencyResult['left'][number][] };
  if (beforeMs === null) return total;
  let after = '';
  for (;;) {
    const page = rows.unusedPage(work.rootId, beforeMs, after, pageRows);
    const going: RelativePath[] = [];
    for (const file of page) if (!pinned.some((path) => isAtOrBelow(file.key, path)) && (await lastUsedMs(work, file)) < beforeMs) going.push(file.key as RelativePath);
    if (going.length > 0) add(total, await evict(work, { paths: going, pinned, note: words.unused }));
    const last = page[page.length - 1];
    if (page.length < pageRows || last === undefined) return total;
    after = last.key;
  }
}

/** Until as much is free as is wanted, or nothing is left that may go. What an earlier look took off is on its way out for a minute and counts already. */
export async function freeForFullDisk(work: Work, { rows, rules, pinned, words }: RoomParts, onItsWayBytes: number): Promise<ResidencyResult> {
  const total = { files: 0, bytes: 0, left: [] as ResidencyResult['left'][number][] };
  const missing = bytesToFree(rules, (await work.local.freeBytes()) + onItsWayBytes);
  if (missing === 0) return total;
  const known = rows.longestUnused(work.rootId, mostAtOnce).filter((file) => !pinned.some((path) => isAtOrBelow(file.key, path)));
  const files: ResidentFile[] = [];
  for (const file of known) files.push({ ...file, usedMs: await lastUsedMs(work, file) });
  files.sort((a, b) => a.usedMs - b.usedMs);
  for (let at = 0; at < files.length && total.bytes < missing; ) {
    const going: RelativePath[] = [];
    for (let bytes = total.bytes; at < files.length && bytes < missing && going.length < pageRows; at += 1) {
      const file = files[at];
      if (file === undefined) break;
      going.push(file.key as RelativePath);
      bytes += file.sizeBytes;
    }
    add(total, await evict(work, { paths: going, pinned, note: words.full }));
  }
  return total;
}

/** Strata's own reading counts as use as well: a file stays rather too long than too short. */
async function lastUsedMs(work: Work, file: ResidentFile): Promise<number> {
  return Math.max(file.usedMs, (await work.local.accessedMs(file.diskPath)) ?? 0);
}
function add(total: { files: number; bytes: number; left: ResidencyResult['left'][number][] }, one: ResidencyResult): void {
  total.files += one.files;
  total.bytes += one.bytes;
  total.left.push(...one.left);
}
