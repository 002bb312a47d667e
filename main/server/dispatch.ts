/** One command from whoever calls it, HTTP or socket: may they, does the input fit, do it, say what went wrong. */
import type { z } from 'zod';
import { contract, type CommandName, type CommandRow } from '../../shared/api/contract.ts';
import type { AllHandlers, Caller } from '../app/handlers.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import { httpStatusOf } from './http-status.ts';
import { judgeCaller } from './who-may.ts';

export interface ErrorAnswer {
  readonly detail: string;
  readonly error_code: string;
}
export type Dispatch = (name: CommandName, input: unknown, caller: Caller) => Promise<unknown>;

export function makeDispatch(options: { readonly handlers: AllHandlers; readonly checkOutputs: boolean }): Dispatch {
  return async (name, input, caller) => {
    const row: CommandRow = contract[name];
    const verdict = judgeCaller(row.who, caller);
    if (verdict !== 'may') throw new AppError(verdict);
    const parsed = row.input.safeParse(input);
    if (!parsed.success) throw new AppError('bad_request', { detail: whatDoesNotFit(parsed.error) });
    const handler = options.handlers[name] as (input: never, caller: Caller) => unknown;
    const output = await handler(parsed.data as never, caller);
    // Our own answers are checked where we test; a user gets them even if a field is new.
    return options.checkOutputs ? row.output.parse(output) : output;
  };
}

export function isCommandName(name: unknown): name is CommandName {
  return typeof name === 'string' && Object.hasOwn(contract, name);
}

/** Only codes and safe text leave the service; the cause goes to the log. */
export function answerForError(thrown: unknown, logger: Logger, command: string): { readonly status: number; readonly body: ErrorAnswer } {
  const error = asAppError(thrown);
  const status = httpStatusOf[error.code];
  if (status >= 500) logger.error({ command, err: error }, 'a command failed');
  return { status, body: { detail: error.message, error_code: error.code.toUpperCase() } };
}

/** Where and why, never the value: it may be a key. */
function whatDoesNotFit(error: z.ZodError): string {
  const texts = error.issues.slice(0, 5).map((issue) => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message));
  return texts.join('; ').slice(0, 300);
}
