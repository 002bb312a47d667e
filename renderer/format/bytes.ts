/** Bytes for people: kB is 1000 bytes, one decimal below ten, always the same on every screen. */
import { say } from '../../shared/words/words.ts';

const units = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  let value = bytes / 1000;
  let step = 0;
  // 999.6 kB would be printed as "1,000 kB": the rounded number decides the unit.
  while (Math.round(value) >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  const digits = value < 9.95 ? 1 : 0;
  return new Intl.NumberFormat('en', { style: 'unit', unit: units[step] ?? 'petabyte', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

export function formatRate(bytesPerSecond: number): string {
  return say('bytes.perSecond', { bytes: formatBytes(bytesPerSecond) });
}

export function formatCount(count: number): string {
  return new Intl.NumberFormat('en').format(count);
}
