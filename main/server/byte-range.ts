/** Which bytes a `Range` header asks for (RFC 9110): one range, a suffix or an open one; several ranges give the whole. */
import type { ByteRange } from '../app/core.ts';

export type RangeWish = { readonly kind: 'whole' } | { readonly kind: 'part'; readonly range: ByteRange } | { readonly kind: 'unsatisfiable' };

const whole: RangeWish = { kind: 'whole' };

export function wishedRange(header: string | undefined, sizeBytes: number): RangeWish {
  // A range that is not well formed is ignored, as the standard says; one that is but lies outside is refused.
  const match = /^bytes=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header ?? '');
  if (match === null) return whole;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return whole;
  if (first === '') {
    const length = Number(last);
    if (length === 0 || sizeBytes === 0) return { kind: 'unsatisfiable' };
    return { kind: 'part', range: { start: Math.max(0, sizeBytes - length), end: sizeBytes - 1 } };
  }
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Number(last);
  if (last !== '' && end < start) return whole;
  if (start >= sizeBytes) return { kind: 'unsatisfiable' };
  return { kind: 'part', range: { start, end: Math.min(end, sizeBytes - 1) } };
}
