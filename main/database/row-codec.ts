/** Between a row of SQLite (flat columns, big integers) and a Row of the engine (three sides). */
import type { ErrorCode, ErrorContext } from '../../shared/api/errors.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import type { BaseEntry, LocalSeen, RemoteSeen, Row } from '../sync/index-port.ts';
import type { ETag, Sha256, StoreKey, Tier } from '../sync/ports.ts';

export interface FlatRow {
  id: bigint; key: string; l_here: bigint; l_disk: string | null; l_size: bigint | null; l_mtime: bigint | null; l_ctime: bigint | null; l_birth: bigint | null; l_inode: bigint | null; l_exec: bigint | null; l_sha: string | null;
  r_key: string | null; r_size: bigint | null; r_etag: string | null; r_modified: bigint | null; r_sha: string | null; r_mtime: bigint | null; r_exec: bigint | null; r_tier: string | null; r_store: string | null; r_class: string | null; r_version: string | null;
  b_sha: string | null; b_size: bigint | null; b_exec: bigint | null; b_resident: bigint | null; b_store: string | null; b_etag: string | null; b_version: string | null;
  c_etag: string | null; c_size: bigint | null; c_at: bigint | null; c_of: string | null; c_class: string | null; used_at: bigint | null;
  frozen: string | null; frozen_detail: string | null; fail_code: string | null; fail_context: string | null; fail_attempts: bigint | null; fail_next: bigint | null;
}
export const rowColumns = 'id, key, l_here, l_disk, l_size, l_mtime, l_ctime, l_birth, l_inode, l_exec, l_sha, r_key, r_size, r_etag, r_modified, r_sha, r_mtime, r_exec, r_tier, r_store, r_class, r_version, b_sha, b_size, b_exec, b_resident, b_store, b_etag, b_version, c_etag, c_size, c_at, c_of, c_class, used_at, frozen, frozen_detail, fail_code, fail_context, fail_attempts, fail_next';

export function toRow(flat: FlatRow): Row {
  const seen = localOf(flat);
  return {
    id: Number(flat.id),
    key: flat.key as EntryKey,
    local: flat.l_here === 1n ? seen : null,
    vanished: flat.l_here === 1n ? null : seen,
    remote: remoteOf(flat),
    base: baseOf(flat),
    cold: flat.c_etag === null ? null : { etag: flat.c_etag as ETag, sizeBytes: Number(flat.c_size), atMs: Number(flat.c_at), ofEtag: flat.c_of as ETag | null, storageClass: flat.c_class },
    usedAtMs: flat.used_at === null ? null : Number(flat.used_at),
    frozen: flat.frozen === null ? null : { code: flat.frozen as ErrorCode, detail: flat.frozen_detail ?? '' },
    failure:
      flat.fail_code === null
        ? null
        : {
            code: flat.fail_code as ErrorCode,
            context: JSON.parse(flat.fail_context ?? '{}') as ErrorContext,
            attempts: Number(flat.fail_attempts ?? 0n),
            nextTryAtMs: flat.fail_next === null ? null : Number(flat.fail_next),
          },
  };
}

function localOf(flat: FlatRow): LocalSeen | null {
  if (flat.l_disk === null) return null;
  return {
    diskPath: flat.l_disk,
    sizeBytes: Number(flat.l_size),
    mtimeNs: flat.l_mtime ?? 0n,
    ctimeNs: flat.l_ctime ?? 0n,
    birthtimeNs: flat.l_birth ?? 0n,
    inode: BigInt.asUintN(64, flat.l_inode ?? 0n),
    executable: flat.l_exec === 1n,
    sha256: flat.l_sha as Sha256 | null,
  };
}

function remoteOf(flat: FlatRow): RemoteSeen | null {
  if (flat.r_etag === null) return null;
  return {
    objectKey: (flat.r_key ?? flat.key) as StoreKey,
    sizeBytes: Number(flat.r_size),
    etag: flat.r_etag as ETag,
    modifiedMs: flat.r_modified === null ? null : Number(flat.r_modified),
    sha256: flat.r_sha as Sha256 | null,
    mtimeNs: flat.r_mtime,
    executable: flat.r_exec === null ? null : flat.r_exec === 1n,
    tier: (flat.r_tier ?? 'warm') as Tier,
    store: flat.r_store === 'cold' ? 'cold' : 'warm',
    storageClass: flat.r_class ?? 'STANDARD',
    versionId: flat.r_version,
  };
}

function baseOf(flat: FlatRow): BaseEntry | null {
  if (flat.b_sha === null) return null;
  return {
    sha256: flat.b_sha as Sha256,
    sizeBytes: Number(flat.b_size),
    executable: flat.b_exec === 1n,
    resident: flat.b_resident === 1n,
    store: flat.b_store === 'cold' ? 'cold' : 'warm',
    etag: (flat.b_etag ?? '') as ETag,
    versionId: flat.b_version,
  };
}

/** SQLite integers are signed 64 bit; inode numbers of some file systems are not. */
export function signed(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
