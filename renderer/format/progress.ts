/** Percent and time left by the rules of ui.md §1.2: every file counts one byte more, never 100 % before it is confirmed. */

export interface Amount { readonly filesDone: number; readonly filesTotal: number; readonly bytesDone: number; readonly bytesTotal: number }

/** Floor, at most 99 until everything is confirmed; renames (no bytes) move the bar too. */
export function percentOf(amount: Amount): number {
  const total = amount.bytesTotal + amount.filesTotal;
  if (total === 0) return 0;
  const done = amount.bytesDone + amount.filesDone;
  if (amount.filesDone >= amount.filesTotal && amount.bytesDone >= amount.bytesTotal) return 100;
  return Math.min(99, Math.floor((done / total) * 100));
}

export interface Pace { readonly elapsedMs: number; readonly bytesPerSecond: number; readonly filesPerSecond: number }

/** The slower of bytes and files decides; null until 5 s and 3 files make it trustworthy. */
export function secondsLeftOf(amount: Amount, pace: Pace): number | null {
  if (pace.elapsedMs < 5000 || amount.filesDone < 3) return null;
  const bytesLeft = amount.bytesTotal - amount.bytesDone;
  const filesLeft = amount.filesTotal - amount.filesDone;
  const byBytes = bytesLeft <= 0 ? 0 : bytesLeft / pace.bytesPerSecond;
  const byFiles = filesLeft <= 0 ? 0 : filesLeft / pace.filesPerSecond;
  const seconds = Math.max(byBytes, byFiles);
  return Number.isFinite(seconds) ? seconds : null;
}
