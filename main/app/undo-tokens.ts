/** Remembers how to take back the last changes of commands; in memory only: after a restart nobody holds a token any more. */
import { randomBytes } from 'node:crypto';
import { dropOldest } from '../base/drop-oldest.ts';
import { AppError } from '../base/app-error.ts';

const mostTokens = 50;

export class UndoTokens {
  readonly #byToken = new Map<string, () => void | Promise<void>>();

  give(takeBack: () => void | Promise<void>): string {
    const token = randomBytes(12).toString('base64url');
    this.#byToken.set(token, takeBack);
    dropOldest(this.#byToken, mostTokens);
    return token;
  }

  /** Once: a second press finds nothing. */
  async undo(token: string): Promise<void> {
    const takeBack = this.#byToken.get(token);
    if (takeBack === undefined) throw new AppError('stale');
    this.#byToken.delete(token);
    await takeBack();
  }
}
