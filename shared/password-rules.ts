/** What a password must be, the same for page and service. */

export const shortestPassword = 8;
/** bcrypt reads no further: the rest of a longer one would not count, and nobody would know. */
export const mostPasswordBytes = 72;

export type PasswordProblem = 'too_short' | 'too_long' | 'has_nul';

export function passwordProblem(password: string): PasswordProblem | null {
  if ([...password].length < shortestPassword) return 'too_short';
  if (new TextEncoder().encode(password).length > mostPasswordBytes) return 'too_long';
  // bcrypt ends at a NUL: what follows would not count.
  return password.includes('\0') ? 'has_nul' : null;
}

export const passwordSentences: Readonly<Record<PasswordProblem, string>> = {
  too_short: `a password needs at least ${shortestPassword} characters`,
  too_long: `a password may have at most ${mostPasswordBytes} bytes`,
  has_nul: 'a password can’t hold a NUL character',
};
