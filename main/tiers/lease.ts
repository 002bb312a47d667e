/** Saves two devices from doing one migration twice; every step of a migration is safe without it (rule 25). */
import { collect } from '../base/collect.ts';
import { sha256Of } from '../sync/markers.ts';
import type { Clock, ETag, RemoteStore, StoreKey, StoreProfile } from '../sync/ports.ts';

export const leaseKey = '.strata/lease' as StoreKey;
/** By the store's clock. */
const leaseMs = 10 * 60_000;
/** Renewed when less than this is left, by a clock that does not jump. */
const renewBelowMs = 6 * 60_000;
/** Not believed for the last stretch: a request may be slow. */
const marginMs = 60_000;

export interface Lease {
  /** False when it ran out (the computer slept) and could not be renewed: nothing more is deleted then. */
  stillHeld(): Promise<boolean>;
  /** Given back by a conditional overwrite, never by a deletion, which could hit the next holder's. */
  release(): Promise<void>;
}
export interface LeaseDeps {
  readonly store: RemoteStore;
  readonly profile: Pick<StoreProfile, 'conditionalPut' | 'conditionalPutIfMatch'>;
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  /** New for every process. */
  readonly holder: string;
}
interface Note {
  readonly holder: string | null;
  readonly expiresAtMs: number;
}

/** Null when another holder has it. */
export async function takeLease(deps: LeaseDeps): Promise<Lease | null> {
  const there = await readNote(deps.store);
  if (there !== null && there.note.holder !== null && there.note.holder !== deps.holder && there.note.expiresAtMs > storeNow(deps)) return null;
  let etag = await write(deps, deps.holder, there?.etag ?? null);
  if (etag === null) return null;
  let heldSinceMs = deps.clock.monotonicMs();
  return {
    stillHeld: async () => {
      const left = leaseMs - (deps.clock.monotonicMs() - heldSinceMs);
      if (left > renewBelowMs) return true;
      const renewed = etag === null ? null : await write(deps, deps.holder, etag);
      if (renewed === null) return left > marginMs && etag !== null;
      etag = renewed;
      heldSinceMs = deps.clock.monotonicMs();
      return true;
    },
    release: async () => {
      if (etag !== null) await write(deps, null, etag);
      etag = null;
    },
  };
}

function storeNow(deps: LeaseDeps): number {
  return deps.store.storeTimeMs() ?? deps.clock.nowMs();
}

async function write(deps: LeaseDeps, holder: string | null, expect: ETag | null): Promise<ETag | null> {
  const note: Note = { holder, expiresAtMs: holder === null ? 0 : storeNow(deps) + leaseMs };
  const bytes = Buffer.from(JSON.stringify(note), 'utf8');
  const condition = expect === null ? (deps.profile.conditionalPut ? { ifNoneMatch: '*' as const } : {}) : deps.profile.conditionalPutIfMatch ? { ifMatch: expect } : {};
  const answer = await deps.store.put(leaseKey, bytes, { sizeBytes: bytes.length, sha256: sha256Of(bytes), metadata: { contentType: 'application/json' }, ...condition });
  return answer.ok ? answer.value.etag : null;
}

async function readNote(store: RemoteStore): Promise<{ readonly etag: ETag; readonly note: Note } | null> {
  const answer = await store.get(leaseKey);
  if (!answer.ok) return null;
  return { etag: answer.value.object.etag, note: parseNote((await collect(answer.value.body)).toString('utf8')) };
}
/** What can't be read is nobody's. */
function parseNote(text: string): Note {
  try {
    const value = JSON.parse(text) as Partial<Note>;
    if ((typeof value.holder === 'string' || value.holder === null) && typeof value.expiresAtMs === 'number') return { holder: value.holder, expiresAtMs: value.expiresAtMs };
  } catch {
    // Falls through.
  }
  return { holder: null, expiresAtMs: 0 };
}
