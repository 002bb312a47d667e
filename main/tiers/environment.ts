/** What the environment says of migrations, checked word by word: a slip is told at the start and not found by what it did (H9). */
import { z } from 'zod';
import { AppError } from '../base/app-error.ts';

export interface TierEnvironment {
  /** Files moved side by side. */
  readonly batchSize: number;
  /** The default for libraries whose own settings do not say. */
  readonly deleteFromWarm: boolean;
  /** Null = the migration has no log file of its own. */
  readonly logFile: string | null;
}
const yesOrNo = z.enum(['true', 'false', '1', '0', '']).transform((text) => text === 'true' || text === '1');
const variables = z.object({
  SYNC_BATCH_SIZE: z.string().regex(/^[1-9][0-9]{0,2}$/, 'needs a number from 1 to 999').transform(Number).default(10),
  DELETE_FROM_MINIO_AFTER_SYNC: yesOrNo.default(false),
  SYNC_LOG_FILE: z.string().min(1).optional(),
});

/** Throws `bad_request` that names the variable. */
export function readTierEnvironment(env: Readonly<Record<string, string | undefined>>): TierEnvironment {
  const given = Object.fromEntries(Object.keys(variables.shape).flatMap((name) => (env[name] === undefined || env[name] === '' ? [] : [[name, env[name]]])));
  const parsed = variables.safeParse(given);
  if (!parsed.success) throw new AppError('bad_request', { detail: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') });
  return { batchSize: parsed.data.SYNC_BATCH_SIZE, deleteFromWarm: parsed.data.DELETE_FROM_MINIO_AFTER_SYNC, logFile: parsed.data.SYNC_LOG_FILE ?? null };
}
