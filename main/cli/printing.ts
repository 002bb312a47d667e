/** How the command line says things: short lines for people; the words come from the service, never invented here. */
import type { ActivityLine, Conflict, Hold, RootStatus, Row, Status, SyncSummary } from '../../shared/api/contract.ts';

export function sizeText(sizeBytes: number | null): string {
  if (sizeBytes === null) return '';
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = sizeBytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function headlineText(status: Status): string {
  const parts = [status.headline.text, status.headline.suffix, status.progress === null ? null : `${status.progress.percent} %`];
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}

export function statusLines(status: Status): readonly string[] {
  const needs = status.needsYou > 0 ? [`${status.needsYou} need you: strata holds, strata conflicts`] : [];
  return [headlineText(status), ...status.roots.flatMap(rootLines), ...needs];
}

function rootLines(root: RootStatus): readonly string[] {
  const counts = ([['waiting', root.waiting], ['conflicts', root.conflicts], ['held', root.held], ['failed', root.failed], ['skipped', root.skipped]] as const).filter(([, count]) => count > 0).map(([word, count]) => `${count} ${word}`);
  const line = [`${root.folder} ⇄ ${root.place}`, root.paused ? 'paused' : root.kind, `${root.files} files, ${sizeText(root.bytes)}`, ...counts].join(' · ');
  return root.reason === null ? [`  ${line}`] : [`  ${line}`, `    ${root.reason.sentence}`];
}

export function rowLine(row: Row): string {
  const name = row.kind === 'folder' ? `${row.path}/` : row.path;
  return `${row.state.padEnd(14)} ${whereText(row).padEnd(18)} ${sizeText(row.sizeBytes).padStart(9)}  ${name}${row.reason === null ? '' : `  (${row.reason.sentence})`}`;
}

const residencyWords = { onDisk: 'here', alwaysOnDisk: 'always here', notOnDisk: 'not here' } as const;
/** Where the bytes are: on this disk, and in which tier of the place. */
function whereText(row: Row): string {
  if (row.kind === 'folder') return '';
  return row.tier === null ? residencyWords[row.residency] : `${residencyWords[row.residency]}, ${row.tier}`;
}

/** Each run once, above its lines, so that `strata undo RUN` can be given. */
export function activityLines(lines: readonly ActivityLine[]): readonly string[] {
  return lines.flatMap((line, at) => (line.runId === lines[at - 1]?.runId ? [activityText(line)] : [`run ${line.runId}`, activityText(line)]));
}
function activityText(line: ActivityLine): string {
  const to = line.otherPath === null ? '' : ` → ${line.otherPath}`;
  return `${new Date(line.atMs).toISOString().slice(0, 19).replace('T', ' ')}  ${line.kind.padEnd(12)} ${line.path}${to}${line.note === null ? '' : `  (${line.note})`}`;
}

export function holdLines(hold: Hold): readonly string[] {
  const what = hold.canApprove ? `strata approve ${hold.id} agrees, strata refuse ${hold.id} keeps the files` : 'this can’t be agreed to, only looked at again';
  return [`${hold.id}  ${hold.rootName}: ${hold.reason.sentence}`, ...hold.examples.slice(0, 5).map((example) => `    ${example}`), ...(hold.rows > 5 ? [`    … ${hold.rows} in all`] : []), `  ${what}`];
}

export function conflictLine(conflict: Conflict): string {
  return `${conflict.path}  ⇄  ${conflict.copyPath}${conflict.device === null ? '' : `  (${conflict.device})`}`;
}

export function summaryText(summary: SyncSummary): string {
  const parts = ([['uploaded', summary.uploaded], ['downloaded', summary.downloaded], ['deleted', summary.deleted], ['moved', summary.moved], ['conflicts', summary.conflicts], ['failed', summary.failed], ['held', summary.held], ['skipped', summary.skipped]] as const).filter(([, count]) => count > 0).map(([word, count]) => `${count} ${word}`);
  return `${parts.length === 0 ? 'Nothing to do' : parts.join(', ')} · ${sizeText(summary.bytesUp)} up, ${sizeText(summary.bytesDown)} down · ${summary.requests} requests · ${(summary.ms / 1000).toFixed(1)} s`;
}

/** Exactly the keys of design §7, in that order: scripts depend on them. */
export function summaryJson(summary: SyncSummary): string {
  const { uploaded, downloaded, deleted, moved, conflicts, failed, held, skipped, bytesUp, bytesDown, requests, ms } = summary;
  return JSON.stringify({ uploaded, downloaded, deleted, moved, conflicts, failed, held, skipped, bytesUp, bytesDown, requests, ms });
}
