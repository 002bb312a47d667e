/** Every error code has one answer, and waiting times grow up to a limit. */
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../../shared/api/errors.ts';
import { backOffMs, errorPolicies } from './error-policy.ts';

describe('error policies', () => {
  it('names every code, and no other', () => {
    expect(Object.keys(errorPolicies).sort()).toEqual([...errorCodes].sort());
  });
  it('stops the root when folder, place or records are not what they were, and never retries into them', () => {
    for (const code of ['root_changed', 'root_missing', 'library_changed', 'bucket_missing', 'index_damaged'] as const) expect(errorPolicies[code]).toBe('stopRoot');
  });
  it('waits 2 s, doubling up to 15 minutes, spread by a quarter', () => {
    expect([1, 2, 3, 4].map((attempts) => backOffMs(attempts, 0.5))).toEqual([2000, 4000, 8000, 16_000]);
    expect(backOffMs(50, 0.5)).toBe(900_000);
    expect(backOffMs(0, 0.5)).toBe(2000);
    expect([backOffMs(1, 0), backOffMs(1, 1)]).toEqual([1500, 2500]);
  });
});
