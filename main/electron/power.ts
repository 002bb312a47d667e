/** Tells the service of sleep and waking, and ends everything well when the system shuts down. */
import type { Needs } from './electron-module.ts';

export interface PowerParts {
  readonly electron: Needs<'powerMonitor'>;
  readonly powerChanged: (event: 'suspend' | 'resume') => void;
  readonly shutDown: () => void;
}

export function watchPower({ electron: { powerMonitor }, powerChanged, shutDown }: PowerParts): void {
  powerMonitor.on('suspend', () => powerChanged('suspend'));
  powerMonitor.on('resume', () => powerChanged('resume'));
  // macOS and Linux only; on Windows the window is told (`session-end`), and with no window the journal makes the kill safe.
  powerMonitor.on('shutdown', shutDown);
}
