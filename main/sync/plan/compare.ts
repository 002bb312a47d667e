/** Says of one row what each side did since both last agreed. Pure. */
import { kindOfKey } from '../../../shared/relative-path.ts';
import type { Row } from '../index-port.ts';

/** `unknown`: the stat moved and the content was not hashed yet; nothing is decided on it. */
export type Change = 'unchanged' | 'created' | 'modified' | 'deleted' | 'absent' | 'unknown';
export interface Comparison {
  readonly local: Change;
  readonly remote: Change;
  /** Both sides are known to hold the same content. */
  readonly same: boolean;
  /** Online-only here by choice: absence is no deletion (rules 1, 18). */
  readonly onlineOnly: boolean;
}

export function compareRow(row: Row): Comparison {
  return { local: localChange(row), remote: remoteChange(row), same: isSame(row), onlineOnly: row.base !== null && !row.base.resident && row.local === null };
}

function localChange(row: Row): Change {
  const { local, base } = row;
  if (base === null) return local === null ? 'absent' : 'created';
  if (!base.resident) {
    if (local === null) return 'unchanged';
    if (local.sha256 === null) return 'unknown';
    return local.sha256 === base.sha256 ? 'unchanged' : 'created';
  }
  if (local === null) return 'deleted';
  if (local.sha256 === null) return 'unknown';
  return local.sha256 === base.sha256 && local.executable === base.executable ? 'unchanged' : 'modified';
}

function remoteChange(row: Row): Change {
  const { remote, base } = row;
  if (base === null) return remote === null ? 'absent' : 'created';
  if (remote === null) return 'deleted';
  const sameContent = remote.etag === base.etag || remote.sha256 === base.sha256;
  const sameBit = remote.executable === null || remote.executable === base.executable;
  return sameContent && sameBit ? 'unchanged' : 'modified';
}

function isSame(row: Row): boolean {
  const { local, remote, base } = row;
  if (local === null || remote === null) return false;
  if (kindOfKey(row.key) === 'folder') return true;
  if (local.sha256 === null) return false;
  const remoteSha = remote.sha256 ?? (base !== null && remote.etag === base.etag ? base.sha256 : null);
  if (remoteSha !== local.sha256) return false;
  const remoteBit = remote.executable ?? base?.executable ?? local.executable;
  return remoteBit === local.executable;
}
