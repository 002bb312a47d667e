/** A bucket's rule in words: what moves or goes by itself, when, and which files of this library that touches. */
import type { OutputOf } from '../../../shared/api/contract.ts';
import type { OwnLifecycle } from '../../../shared/model/lifecycle.ts';
import { say } from '../../../shared/words/words.ts';
import { formatBytes } from '../../format/bytes.ts';

export type BucketRule = OutputOf<'readLifecycle'>['rules'][number];

export function ruleText(rule: BucketRule): string {
  const sizes = [...(rule.overBytes === null ? [] : [say('lifecycle.over', { bytes: formatBytes(rule.overBytes) })]), ...(rule.underBytes === null ? [] : [say('lifecycle.under', { bytes: formatBytes(rule.underBytes) })]), ...(rule.byTags ? [say('lifecycle.byTags')] : [])].join(' ');
  const which = `${rule.prefix === '' ? say('lifecycle.all') : say('lifecycle.below', { prefix: rule.prefix })}${sizes === '' ? '' : ` ${sizes}`}`;
  const what = [
    ...rule.moves.map((move) => (move.afterDays === null ? say('lifecycle.movesOn', { date: move.onDate ?? '', class: move.storageClass }) : say('lifecycle.moves', { days: move.afterDays, class: move.storageClass }))),
    ...(rule.deletesAfterDays === null ? [] : [say('lifecycle.deletes', { days: rule.deletesAfterDays })]), ...(rule.deletesOnDate === null ? [] : [say('lifecycle.deletesOn', { date: rule.deletesOnDate })]),
    ...(rule.oldVersionsGoAfterDays === null ? [] : [say('lifecycle.oldVersions', { days: rule.oldVersionsGoAfterDays })]), ...(rule.abortsUploadsAfterDays === null ? [] : [say('lifecycle.uploads', { days: rule.abortsUploadsAfterDays })]),
  ];
  return `${which}: ${what.length === 0 ? say('lifecycle.otherThings') : what.join(', ')}.`;
}

export function touchesText({ touches, byTags, isEnabled }: BucketRule): string {
  if (!isEnabled) return say('lifecycle.off');
  if (touches === null || touches.files === 0) return say('lifecycle.touchesNone');
  const words = { count: touches.files, bytes: formatBytes(touches.bytes), due: touches.dueFiles, dueBytes: formatBytes(touches.dueBytes) };
  return `${say('lifecycle.touches', words)}${touches.dueFiles > 0 ? ` ${say('lifecycle.due', words)}` : ''}${byTags ? ` ${say('lifecycle.tagsUnknown')}` : ''}`;
}

/** What Save would do to Strata's own rules, line by line. */
export function changesOf(before: OwnLifecycle, after: OwnLifecycle): string[] {
  const lines: string[] = [];
  const [from, to] = [before.archive, after.archive];
  if (JSON.stringify(from) !== JSON.stringify(to)) lines.push(to === null ? say('lifecycle.removesArchive') : say(from === null ? 'lifecycle.addsArchive' : 'lifecycle.changesArchive', { folder: to.folder === '' ? say('lifecycle.everything') : to.folder, days: to.afterDays, class: to.storageClass }));
  if (before.abortUploadsAfterDays !== after.abortUploadsAfterDays) lines.push(after.abortUploadsAfterDays === null ? say('lifecycle.removesUploads') : say('lifecycle.addsUploads', { days: after.abortUploadsAfterDays }));
  return lines;
}
