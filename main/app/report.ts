/** A report for whoever helps: versions, settings, counts and the end of the log, without names of files, places or keys. */
import type { Settings, Status } from '../../shared/api/contract.ts';

export interface ReportInputs {
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly status: Status;
  readonly logText: string;
  readonly atMs: number;
}
/** A list of what may leave, not of what may not: a field that is new tells nothing until it is named here. */
const loggedFields = ['time', 'level', 'msg', 'code', 'rootId', 'phase', 'ms', 'count', 'command', 'step'] as const;
const mostLines = 2_000;

export function makeReport(inputs: ReportInputs): { readonly name: string; readonly text: string } {
  const roots = inputs.status.roots.map((root, number) => ({
    folder: number + 1, kind: root.kind, placeKind: root.placeKind, reason: root.reason?.code ?? null, files: root.files, bytes: root.bytes, waiting: root.waiting, skipped: root.skipped,
    failed: root.failed, conflicts: root.conflicts, held: root.held, lastInStepAtMs: root.lastInStepAtMs,
  }));
  const { deviceName: _name, ...settings } = inputs.settings;
  const head = { made: new Date(inputs.atMs).toISOString(), versions: inputs.versions, headline: inputs.status.headline.kind, needsYou: inputs.status.needsYou, settings, roots };
  const log = inputs.logText.split('\n').slice(-mostLines).flatMap((line) => safeLine(line));
  const stamp = new Date(inputs.atMs).toISOString().slice(0, 16).replace(/[T:]/g, '-');
  return { name: `strata-report-${stamp}.txt`, text: `${JSON.stringify(head, null, 1)}\n\n${log.join('\n')}\n` };
}

function safeLine(line: string): string[] {
  if (line === '') return [];
  try {
    const found = JSON.parse(line) as Record<string, unknown>;
    const error = found['err'] as { readonly code?: unknown; readonly type?: unknown } | undefined;
    const kept = Object.fromEntries(loggedFields.flatMap((field) => (typeof found[field] === 'string' || typeof found[field] === 'number' ? [[field, found[field]]] : [])));
    const errorKind = [error?.type, error?.code].filter((part) => typeof part === 'string').join(' ');
    return [JSON.stringify(errorKind === '' ? kept : { ...kept, error: errorKind })];
  } catch {
    return [];
  }
}
