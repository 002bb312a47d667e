/** Hashes what moved in stat and whose content a decision needs; everything else is hashed when it is sent. */
import { AppError, asAppError } from '../base/app-error.ts';
import type { Row } from './index-port.ts';
import { lookAtDisk } from './execute/look.ts';
import { backOffMs, errorPolicies } from './execute/error-policy.ts';
import type { Sha256 } from './ports.ts';
import { localSeenOf, sameStat, type Work } from './work.ts';

const atOnce = 4;
const pageRows = 200;

/** Resolves with how many files were read. */
export async function hashChanged(work: Work, onHashed: (count: number) => void = () => undefined): Promise<number> {
  let after = '';
  let count = 0;
  for (;;) {
    const rows = work.index.needHash(work.rootId, { after, limit: pageRows, nowMs: work.clock.nowMs() });
    for (let start = 0; start < rows.length; start += atOnce) {
      if (work.signal.aborted) throw new AppError('cancelled');
      await Promise.all(rows.slice(start, start + atOnce).map((row) => hashOne(work, row)));
      count += Math.min(atOnce, rows.length - start);
      onHashed(count);
    }
    const last = rows[rows.length - 1];
    if (rows.length < pageRows || last === undefined) return count;
    after = last.key;
  }
}

async function hashOne(work: Work, row: Row): Promise<void> {
  const { local } = row;
  if (local === null || work.touched.inFlight(row.key)) return;
  const inherited = row.base === null ? inheritedFromVanished(work, row) : null;
  if (inherited !== null) {
    work.index.setLocal(work.rootId, row.key, { ...local, sha256: inherited });
    return;
  }
  try {
    const hashed = await work.local.hash(local.diskPath, { signal: work.signal });
    if (!hashed.ok) return await lookAtDisk(work, row.key, local.diskPath);
    const now = work.index.row(work.rootId, row.key);
    if (!now?.local || !sameStat(now.local, local)) return;
    const { stat, sha256 } = hashed.value;
    if (now.failure !== null) work.index.setFailure(work.rootId, row.key, null);
    work.index.setLocal(work.rootId, row.key, { ...localSeenOf(local.diskPath, stat, sha256), executable: work.holdsExecutable ? stat.executable : local.executable });
  } catch (thrown) {
    const error = asAppError(thrown);
    if (error.code === 'cancelled' || errorPolicies[error.code] === 'stopRoot') throw error;
    // A right given on the folder around it does not show on the file: it is tried again by itself.
    const attempts = (row.failure?.attempts ?? 0) + 1;
    const nextTryAtMs = errorPolicies[error.code] === 'skipEntry' ? null : work.clock.nowMs() + backOffMs(attempts, work.chance());
    work.index.setFailure(work.rootId, row.key, { code: error.code, context: error.context, attempts, nextTryAtMs });
  }
}

/** Rule 36: a renamed folder of 100,000 files is not read again. */
function inheritedFromVanished(work: Work, row: Row): Sha256 | null {
  const { local } = row;
  if (local === null || local.sizeBytes === 0) return null;
  const like = work.index.vanishedLike(work.rootId, local);
  const [sole] = like;
  return like.length === 1 && sole?.base ? sole.base.sha256 : null;
}
