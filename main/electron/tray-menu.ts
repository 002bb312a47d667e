/** What the tray shows for a status: a line, a menu whose items never move, and one of seven shapes. Pure. */
import type { Status } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';

export type TrayShape = 'plain' | 'moving' | 'paused' | 'crossed' | 'dot' | 'hollow' | 'outline';
export type TrayAction =
  | { readonly kind: 'open' } | { readonly kind: 'needsYou' } | { readonly kind: 'settings' } | { readonly kind: 'quit' }
  | { readonly kind: 'syncNow' } | { readonly kind: 'resume' } | { readonly kind: 'pause'; readonly until: PauseUntil }
  | { readonly kind: 'openFile'; readonly rootId: string; readonly path: string };
export type PauseUntil = 'hour' | 'tomorrow' | 'resumed';
export interface RecentFile { readonly rootId: string; readonly path: string }
/** One line of a menu as data; `null` is a separator. */
export type TrayItem = { readonly label: string; readonly enabled: boolean; readonly action?: TrayAction; readonly items?: readonly TrayItem[] } | null;
export interface TrayInput {
  /** Null until the service has answered. */
  readonly status: Status | null;
  readonly serviceStopped: boolean;
  readonly recent: readonly RecentFile[];
}
export const mostRecent = 5;
const longestName = 44;

export function statusLine({ status, serviceStopped }: TrayInput): string {
  if (serviceStopped) return say('headline.serviceStopped');
  if (status === null) return say('shell.starting');
  const { text, suffix } = status.headline;
  return suffix === null || suffix === '' ? text : `${text} · ${suffix}`;
}

/** Needs-you wins over moving and plain: it waits for a person, they don't. It never hides that nothing moves. */
export function trayShape({ status, serviceStopped }: TrayInput): TrayShape {
  if (serviceStopped || status?.headline.kind === 'serviceStopped') return 'hollow';
  if (status === null) return 'plain';
  switch (status.headline.kind) {
    case 'firstRun': return 'outline';
    case 'folderStopped': return 'dot';
    case 'offline': return 'crossed';
    case 'paused': return 'paused';
    case 'syncing':
    case 'checking': return status.needsYou > 0 ? 'dot' : 'moving';
    case 'upToDate': return status.needsYou > 0 ? 'dot' : 'plain';
  }
}

export function trayMenu(input: TrayInput): readonly TrayItem[] {
  const { status, serviceStopped } = input;
  const line: TrayItem = { label: statusLine(input), enabled: false };
  const open: TrayItem = { label: say('tray.open'), enabled: true, action: { kind: 'open' } };
  const quit: TrayItem = { label: say('tray.quit'), enabled: true, action: { kind: 'quit' } };
  if (!serviceStopped && status?.headline.kind === 'firstRun') return [line, null, open, null, quit];
  const works = !serviceStopped && status !== null;
  return [
    line,
    null,
    open,
    { label: say('tray.needsYou', { count: status?.needsYou ?? 0 }), enabled: works && status.needsYou > 0, action: { kind: 'needsYou' } },
    null,
    pauseItem(works, status),
    { label: say('tray.syncNow'), enabled: works && status.headline.kind !== 'paused', action: { kind: 'syncNow' } },
    recentItem(works, input.recent),
    null,
    { label: say('tray.settings'), enabled: works, action: { kind: 'settings' } },
    quit,
  ];
}

function pauseItem(works: boolean, status: Status | null): TrayItem {
  if (status?.headline.kind === 'paused') return { label: say('tray.resume'), enabled: works, action: { kind: 'resume' } };
  const choice = (label: string, until: PauseUntil): TrayItem => ({ label, enabled: works, action: { kind: 'pause', until } });
  return { label: say('tray.pause'), enabled: works, items: [choice(say('do.pauseHour'), 'hour'), choice(say('do.pauseTomorrow'), 'tomorrow'), choice(say('do.pauseForever'), 'resumed')] };
}

function recentItem(works: boolean, recent: readonly RecentFile[]): TrayItem {
  const files = recent.slice(0, mostRecent).map(({ rootId, path }): TrayItem => ({ label: shortName(path), enabled: works, action: { kind: 'openFile', rootId, path } }));
  return { label: say('tray.recent'), enabled: works, items: files.length > 0 ? files : [{ label: say('tray.noRecent'), enabled: false }] };
}

/** Cut in the middle so that the extension stays. A lone & would underline the next letter on Windows. */
export function shortName(path: string): string {
  const name = [...(path.split('/').at(-1) ?? path)];
  const kept = name.length <= longestName ? name : [...name.slice(0, longestName - 16), '…', ...name.slice(-15)];
  return kept.join('').replaceAll('&', '&&');
}

/** When a pause ends: in an hour, tomorrow at 8 by this computer's clock, or never by itself. */
export function pauseEndMs(until: PauseUntil, nowMs: number): number | null {
  if (until === 'resumed') return null;
  if (until === 'hour') return nowMs + 3_600_000;
  const tomorrow = new Date(nowMs);
  tomorrow.setDate(tomorrow.getDate() + 1);
  tomorrow.setHours(8, 0, 0, 0);
  return tomorrow.getTime();
}
