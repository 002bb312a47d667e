/** Which file should lie where: rules by age, size, folder and pattern, with pins and the guards that keep a move from costing more than it saves. Pure. */
import type { StorageClass } from '../../shared/model/storage-classes.ts';

/** What a rule may ask for; `storageClass` null is the cold store's own default. */
export interface TierRule {
  readonly name: string;
  /** Only below this folder; empty means everywhere. */
  readonly folder: string;
  /** `*` and `?` within a name, `**` across folders; without a `/` it is matched against the name alone. Null means every file. */
  readonly pattern: string | null;
  /** Days since the file was last used or changed. */
  readonly unusedDays: number;
  readonly atLeastBytes: number;
  readonly storageClass: StorageClass | null;
}
export interface TierPolicy {
  /** The first that fits decides. */
  readonly rules: readonly TierRule[];
  /** Paths (files or folders with all below) that never go to a class that must be brought back first. */
  readonly neverArchive: readonly string[];
  /** Paths that stay in the warm store. */
  readonly keepWarm: readonly string[];
  /** The warm object goes once the cold copy is verified. */
  readonly deleteFromWarm: boolean;
  /** Moves that the guards would leave, because they cost a fee or fill up a minimum, are done all the same. */
  readonly despiteFees: boolean;
}

/** What Amazon S3's documentation says of each class. */
interface ClassFacts {
  /** Smaller objects are billed as if they had this size. */
  readonly leastBilledBytes: number;
  /** Removed or replaced earlier, the rest of this time is billed all the same. */
  readonly leastDays: number;
  readonly isArchive: boolean;
}
const smallObjectBytes = 128 * 1024;
export const classFacts: Readonly<Record<StorageClass, ClassFacts>> = {
  STANDARD: { leastBilledBytes: 0, leastDays: 0, isArchive: false },
  STANDARD_IA: { leastBilledBytes: smallObjectBytes, leastDays: 30, isArchive: false },
  ONEZONE_IA: { leastBilledBytes: smallObjectBytes, leastDays: 30, isArchive: false },
  INTELLIGENT_TIERING: { leastBilledBytes: 0, leastDays: 0, isArchive: false },
  GLACIER_IR: { leastBilledBytes: smallObjectBytes, leastDays: 90, isArchive: false },
  // Each archived object carries 40 KB of its own bookkeeping, so that a small one costs more there than in STANDARD.
  GLACIER: { leastBilledBytes: smallObjectBytes, leastDays: 90, isArchive: true },
  DEEP_ARCHIVE: { leastBilledBytes: smallObjectBytes, leastDays: 180, isArchive: true },
};

export interface TierEntry {
  readonly key: string;
  readonly sizeBytes: number;
  /** Where the entry itself lies. */
  readonly store: 'warm' | 'cold';
  /** A verified copy of this very version is in the cold store. */
  readonly hasColdCopy: boolean;
  /** Newest of what is known: opened through Strata, changed here, changed elsewhere; ms. Null = not known. */
  readonly lastUsedMs: number | null;
  readonly changedMs: number | null;
  /** The class in the store where it lies, and since when, ms; null = not known. */
  readonly storageClass: string | null;
  readonly storedMs: number | null;
}
export type Verdict =
  | { readonly kind: 'copy'; readonly storageClass: StorageClass | null; readonly thenDropWarm: boolean; readonly rule: string }
  /** The copy is there already. */
  | { readonly kind: 'dropWarm'; readonly rule: string }
  | { readonly kind: 'stay'; readonly why: StayReason };
export type StayReason = 'alreadyThere' | 'noRule' | 'pinned' | 'tooSmallForClass' | 'changedTooRecently';

/** Without rules of their own, users get this: every file that is not yet in the cold store is copied there. */
export const defaultRules: readonly TierRule[] = [{ name: 'Everything', folder: '', pattern: null, unusedDays: 0, atLeastBytes: 0, storageClass: null }];
const dayMs = 86_400_000;

export function judge(entry: TierEntry, policy: TierPolicy, nowMs: number): Verdict {
  if (entry.store === 'cold') return stay('alreadyThere');
  const rule = policy.rules.find((one) => fits(one, entry, nowMs));
  if (rule === undefined) return stay('noRule');
  if (policy.keepWarm.some((path) => isAtOrBelow(entry.key, path))) return stay('pinned');
  const mayDrop = policy.deleteFromWarm && (policy.despiteFees || !leavesTooEarly(entry, nowMs));
  if (entry.hasColdCopy) {
    if (mayDrop) return { kind: 'dropWarm', rule: rule.name };
    return stay(policy.deleteFromWarm ? 'changedTooRecently' : 'alreadyThere');
  }
  const facts = rule.storageClass === null ? null : classFacts[rule.storageClass];
  if (facts !== null) {
    if (facts.isArchive && policy.neverArchive.some((path) => isAtOrBelow(entry.key, path))) return stay('pinned');
    if (!policy.despiteFees && entry.sizeBytes < facts.leastBilledBytes) return stay('tooSmallForClass');
    // What changed within the class's minimum stay is likely to change again within it, and each change would pay for the whole stay.
    if (!policy.despiteFees && facts.leastDays > 0 && entry.changedMs !== null && nowMs - entry.changedMs < facts.leastDays * dayMs) return stay('changedTooRecently');
  }
  return { kind: 'copy', storageClass: rule.storageClass, thenDropWarm: mayDrop, rule: rule.name };
}
/** A class with a minimum stay bills the rest of it when its object goes before: it stays until then. */
function leavesTooEarly(entry: TierEntry, nowMs: number): boolean {
  const leastDays = classFacts[(entry.storageClass ?? '') as StorageClass]?.leastDays ?? 0;
  return leastDays > 0 && entry.storedMs !== null && nowMs - entry.storedMs < leastDays * dayMs;
}
function stay(why: StayReason): Verdict {
  return { kind: 'stay', why };
}

function fits(rule: TierRule, entry: TierEntry, nowMs: number): boolean {
  if (entry.sizeBytes < rule.atLeastBytes || !isAtOrBelow(entry.key, rule.folder)) return false;
  // A file of unknown age is not old.
  const age = entry.lastUsedMs === null ? 0 : nowMs - entry.lastUsedMs;
  if (rule.unusedDays > 0 && age < rule.unusedDays * dayMs) return false;
  return rule.pattern === null || matcherOf(rule.pattern)(entry.key);
}

/** The path itself or anything below it; the empty path is the whole library. */
export function isAtOrBelow(key: string, path: string): boolean {
  return path === '' || key === path || key.startsWith(`${path}/`);
}

const matchers = new Map<string, (key: string) => boolean>();
const mostMatchers = 1000;
function matcherOf(pattern: string): (key: string) => boolean {
  let matcher = matchers.get(pattern);
  if (matcher === undefined) {
    if (matchers.size >= mostMatchers) matchers.clear();
    matchers.set(pattern, (matcher = compiled(pattern)));
  }
  return matcher;
}
function compiled(pattern: string): (key: string) => boolean {
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (part) => translated[part] ?? `\\${part}`);
  const expression = new RegExp(`^${source}$`, 'iu');
  const wholePath = pattern.includes('/');
  return (key) => expression.test(wholePath ? key : key.slice(key.lastIndexOf('/') + 1));
}
const translated: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
