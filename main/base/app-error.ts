/** The one error type that leaves an adapter: a code from the closed list, safe context for its sentence, and the cause for the log. */
import { sentenceFor, type ErrorCode, type ErrorContext } from '../../shared/api/errors.ts';

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly context: ErrorContext;
  constructor(code: ErrorCode, context: ErrorContext = {}, cause?: unknown) {
    super(sentenceFor(code, context), cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.context = context;
  }
}

/** Any thrown value as an AppError; what is unknown becomes `internal` and keeps its cause. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') return new AppError('cancelled', {}, thrown);
  return new AppError('internal', {}, thrown);
}

export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
