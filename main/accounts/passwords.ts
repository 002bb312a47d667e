/** Passwords as bcrypt hashes of cost 12, made and compared on the thread pool, never more than two at a time. */
import { randomBytes } from 'node:crypto';
import bcrypt from 'bcrypt';
import { createBudget } from '../base/budget.ts';

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Without a hash (an account that is not there) it takes just as long and is false: time must not tell who has an account (X7). */
  matches(password: string, hashed: string | null): Promise<boolean>;
}

export const hashCost = 12;
/** The pool has four threads; files and names need some while passwords are tried. */
const atOnce = 2;
const mostBytes = 72;

/** Only tests give a lower cost. */
export function createPasswords(cost = hashCost): Passwords {
  const budget = createBudget(atOnce);
  const nobody = bcrypt.hash(randomBytes(24).toString('hex'), cost);
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const giveBack = await budget.take(1);
    try {
      return await work();
    } finally {
      giveBack();
    }
  };
  return {
    hash: (password) => inTurn(() => bcrypt.hash(password, cost)),
    matches: async (password, hashed) => {
      const against = hashed ?? (await nobody);
      const same = await inTurn(() => bcrypt.compare(password, against));
      // bcrypt reads 72 bytes: of a longer text only the beginning would have been compared.
      return same && hashed !== null && Buffer.byteLength(password) <= mostBytes && !password.includes('\0');
    },
  };
}
