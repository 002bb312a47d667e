/** A bucket's own rules, as far as they touch files of a library: what moves or goes by itself, and when. Pure. */
import type { StorageClass } from './storage-classes.ts';

export interface LifecycleRule {
  readonly id: string;
  readonly isEnabled: boolean;
  /** Made by Strata for this library: the only ones that Strata changes. */
  readonly isOurs: boolean;
  /** Keys of the bucket that begin so. */
  readonly prefix: string;
  /** It applies only to files with certain tags, which a listing does not tell. */
  readonly byTags: boolean;
  readonly overBytes: number | null;
  readonly underBytes: number | null;
  readonly moves: readonly { readonly afterDays: number | null; readonly onDate: string | null; readonly storageClass: string }[];
  readonly deletesAfterDays: number | null;
  readonly deletesOnDate: string | null;
  readonly oldVersionsGoAfterDays: number | null;
  readonly abortsUploadsAfterDays: number | null;
}
/** What Strata may write into a bucket; null takes its rule away. */
export interface OwnLifecycle {
  readonly archive: { readonly folder: string; readonly afterDays: number; readonly storageClass: StorageClass } | null;
  readonly abortUploadsAfterDays: number | null;
}
export const noOwnLifecycle: OwnLifecycle = { archive: null, abortUploadsAfterDays: null };

/** Which keys of the library a rule is about: null none of them, '' all, else those that begin so. */
export function prefixInLibrary(rulePrefix: string, libraryPrefix: string): string | null {
  if (libraryPrefix.startsWith(rulePrefix)) return '';
  return rulePrefix.startsWith(libraryPrefix) ? rulePrefix.slice(libraryPrefix.length) : null;
}
export function ownLifecycleOf(rules: readonly LifecycleRule[], libraryPrefix: string): OwnLifecycle {
  const ours = rules.filter((rule) => rule.isOurs);
  const [move] = ours.flatMap((rule) => rule.moves.map((one) => ({ ...one, prefix: rule.prefix })));
  const archive = move === undefined || move.afterDays === null ? null : { folder: move.prefix.slice(libraryPrefix.length).replace(/\/$/, ''), afterDays: move.afterDays, storageClass: move.storageClass as StorageClass };
  return { archive, abortUploadsAfterDays: ours.find((rule) => rule.abortsUploadsAfterDays !== null)?.abortsUploadsAfterDays ?? null };
}
