/** The words for how an archived file comes back, and what is kept of each. */
import type { ErrorCode } from '../api/errors.ts';

/** How quickly it is wanted back, as S3 names it. */
export const restoreSpeeds = ['standard', 'bulk', 'expedited'] as const;
export type RestoreSpeed = (typeof restoreSpeeds)[number];

/** asked → waiting → ready → here → over; or failed, cancelled. `over`, `failed` and `cancelled` are the end until somebody asks again. */
export const thawStates = ['asked', 'waiting', 'ready', 'here', 'over', 'failed', 'cancelled'] as const;
export type ThawState = (typeof thawStates)[number];

export interface Thaw {
  readonly id: string;
  readonly rootId: string;
  /** The entry's key in the index, and the object's in the store. */
  readonly key: string;
  readonly objectKey: string;
  readonly sizeBytes: number;
  readonly storageClass: string;
  readonly speed: RestoreSpeed;
  /** How long it is to stay readable. */
  readonly days: number;
  /** Downloaded once it is readable; else only made readable. */
  readonly toDisk: boolean;
  readonly state: ThawState;
  readonly askedAtMs: number;
  /** When the store took the wish. */
  readonly startedAtMs: number | null;
  readonly readyAtMs: number | null;
  readonly untilMs: number | null;
  /** When to do the next thing; null = nothing by itself. */
  readonly nextMs: number | null;
  /** Failures in a row. */
  readonly tries: number;
  readonly code: ErrorCode | null;
}
