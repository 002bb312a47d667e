/** What every act on a root needs, and where Strata's own things lie in it. */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../sync/ports.ts';
import type { DiskCalls, Platform, ReadingCalls } from './disk-calls.ts';

export interface RootIdentity {
  readonly device: bigint;
  readonly inode: bigint;
}
/** As much as looking and reading need. */
export interface ReadingContext {
  /** Absolute, real, without a slash at the end. */
  readonly path: string;
  readonly calls: ReadingCalls;
  /** Which folder the root is since it was last identified: another one in its place is never touched (F14). */
  readonly identity: () => RootIdentity;
}
export interface RootContext extends ReadingContext {
  readonly calls: DiskCalls;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly platform: Platform;
  readonly newId: () => string;
}

export const ownFolder = '.strata';
export const markerFile = '.strata/root.json';
export const onlineOnlyFile = '.strata/online-only';
export const incomingFolder = '.strata/incoming';
export const trashFolder = '.strata/trash';

export function absoluteOf(context: { readonly path: string }, diskPath: string): string {
  if (diskPath === '') return context.path;
  return context.path.endsWith('/') ? `${context.path}${diskPath}` : `${context.path}/${diskPath}`;
}
