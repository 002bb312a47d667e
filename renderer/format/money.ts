/** Money and waiting times of estimates: two decimals, and never "0.00" for what does cost something. */
import { say } from '../../shared/words/words.ts';

export function formatMoney(amount: number, currency: string): string {
  const money = new Intl.NumberFormat('en', { style: 'currency', currency });
  return amount > 0 && amount < 0.005 ? say('money.lessThan', { amount: money.format(0.01) }) : money.format(amount);
}
/** Prices per GB have more places: $0.00099. */
export function formatUnitPrice(amount: number, currency: string): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: 5 }).format(amount);
}

/** "3 to 5 h", "1 to 5 min". */
export function formatSpan(fromMs: number, toMs: number): string {
  const isHours = toMs >= 3_600_000;
  const unitMs = isHours ? 3_600_000 : 60_000;
  return say(isHours ? 'time.spanHours' : 'time.spanMinutes', { from: Math.round(fromMs / unitMs), to: Math.max(1, Math.round(toMs / unitMs)) });
}
