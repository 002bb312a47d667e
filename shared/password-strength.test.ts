/** The meter's scores, on Node as in a browser: lists and the words that are known count. */
import { expect, it } from 'vitest';
import { passwordStrength } from './password-strength.ts';

it.each([
  ['password1', [], 0], ['qwertzuiop', [], 1], ['ann@example.org', ['ann@example.org'], 0], ['correct horse battery staple 9', [], 4], ['T7#pq9!vLx2@', [], 4],
] as const)('%s knowing %j', async (password, known, most) => {
  const score = await passwordStrength(password, known);
  expect(most === 4 ? score === 4 : score <= most).toBe(true);
});
it('what bcrypt would not read does not count', async () => {
  expect(await passwordStrength('a'.repeat(72) + 'T7#pq9!vLx2@', [])).toBe(await passwordStrength('a'.repeat(72), []));
});
