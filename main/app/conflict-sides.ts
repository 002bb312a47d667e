/** Lays a conflict open: both sides with their facts and texts, and the version both began from where a trash or the bucket's versions still have it. */
import type { Conflict, ConflictSides } from '../../shared/api/contract.ts';
import { nameOf, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import { collect } from '../base/collect.ts';
import { remoteTrashPrefix, sha256Of } from '../sync/markers.ts';
import type { ConflictRecord, Index, Row } from '../sync/index-port.ts';
import type { RemoteStore, Sha256, StoreKey } from '../sync/ports.ts';
import type { ContentSource } from './core.ts';
import { previewKindOf } from './file-kinds.ts';
import type { LocalRoots } from './local-roots.ts';
import type { RootRegistry } from './root-registry.ts';

export interface SidesDeps {
  readonly index: Index;
  readonly registry: Pick<RootRegistry, 'record' | 'storeOf'>;
  readonly localRoots: Pick<LocalRoots, 'of'>;
  readonly content: Pick<ContentSource, 'look' | 'read'>;
}
type Side = NonNullable<ConflictSides['base']>;
/** A longer text is compared by a program made for it. */
const longestTextBytes = 256 * 1024;
/** The version before is looked for among that many of the newest objects in the place's trash. */
const mostTrashLooked = 5000;
/** What is longer is not read only to see whether it is the version before. */
const longestBaseBytes = longestTextBytes * 16;
/** Each costs the reading of its bytes. */
const mostVersionsLooked = 30;

export async function readConflictSides(deps: SidesDeps, conflictId: string): Promise<ConflictSides> {
  const record = deps.index.conflicts(null).find((one) => one.id === conflictId);
  if (record === undefined) throw new AppError('not_found', { what: 'conflict' });
  const conflict = shownConflict(deps.index, record);
  const previewKind = previewKindOf(nameOf(record.path as RelativePath), Math.max(conflict.sizeBytes ?? 0, conflict.copySizeBytes ?? 0));
  const wantsText = previewKind === 'text';
  const [atPath, copy, base] = await Promise.all([
    sideOf(deps, record, { path: record.path, device: null, wantsText }),
    sideOf(deps, record, { path: record.copyPath, device: record.device, wantsText }),
    // What can't be found is said as "no longer stored"; it must not hide the two that are there.
    baseOf(deps, record, wantsText).catch(() => null),
  ]);
  return { conflict, previewKind, base, mine: record.here ? copy : atPath, theirs: record.here ? atPath : copy };
}

/** A conflict as lists show it. */
export function shownConflict(index: Index, record: ConflictRecord): Conflict {
  const [atPath, copy] = [record.path, record.copyPath].map((path) => factsOf(index.row(record.rootId, path as EntryKey)));
  return {
    id: record.id, rootId: record.rootId, path: record.path, copyPath: record.copyPath, device: record.device, atMs: record.atMs, copyHere: record.here,
    sizeBytes: atPath?.sizeBytes ?? null, copySizeBytes: copy?.sizeBytes ?? null, changedAtMs: atPath?.changedAtMs ?? null, copyChangedAtMs: copy?.changedAtMs ?? null,
  };
}
function factsOf(row: Row | null): { readonly sizeBytes: number; readonly changedAtMs: number | null; readonly sha256: string | null } | null {
  if (row === null) return null;
  const { local, remote, base } = row;
  const mtimeNs = local?.mtimeNs ?? remote?.mtimeNs ?? null;
  const size = local?.sizeBytes ?? remote?.sizeBytes;
  if (size === undefined) return null;
  return { sizeBytes: size, changedAtMs: mtimeNs === null ? (remote?.modifiedMs ?? null) : Number(mtimeNs / 1_000_000n), sha256: local?.sha256 ?? remote?.sha256 ?? base?.sha256 ?? null };
}

async function sideOf(deps: SidesDeps, record: ConflictRecord, { path, device, wantsText }: { readonly path: string; readonly device: string | null; readonly wantsText: boolean }): Promise<Side | null> {
  const facts = factsOf(deps.index.row(record.rootId, path as EntryKey));
  if (facts === null) return null;
  const text = wantsText && facts.sizeBytes <= longestTextBytes ? await textOf(deps, record.rootId, path) : null;
  return { key: path, device, text, ...facts };
}
async function textOf(deps: SidesDeps, rootId: string, key: string): Promise<string | null> {
  try {
    const { etag } = await deps.content.look(rootId, key);
    return asText(await collect(deps.content.read(rootId, key, etag, null)));
  } catch {
    // Gone or changed at this moment: the facts are shown, and the next look has the text.
    return null;
  }
}

/** By its hash where that is known (from the records, or from what the object there says it replaced), in this folder's trash, then in the place's, then among the versions. */
async function baseOf(deps: SidesDeps, record: ConflictRecord, wantsText: boolean): Promise<Side | null> {
  const store = await deps.registry.storeOf(record.rootId);
  const row = deps.index.row(record.rootId, record.path as EntryKey);
  const sha256 = record.baseSha256 ?? (row?.remote == null ? null : ((await store.head(row.remote.objectKey))?.parentSha256 ?? null));
  if (sha256 === null) return null;
  const local = await deps.localRoots.of(deps.registry.record(record.rootId).folder);
  for (const trashed of await local.listTrash()) {
    if (trashed.path !== record.path) continue;
    const bytes = await collect(local.readTrash(trashed.trashId)).catch(() => null);
    if (bytes !== null && sha256Of(bytes) === sha256) return asSide(bytes, { sha256, changedAtMs: Number(trashed.stat.mtimeNs / 1_000_000n), wantsText });
  }
  const wanted = { key: row?.remote?.objectKey ?? (record.path as StoreKey), sha256, wantsText };
  return (await baseInTrash(store, wanted)) ?? baseInVersions(store, wanted);
}
interface Wanted { readonly key: StoreKey; readonly sha256: Sha256; readonly wantsText: boolean }

async function baseInVersions(store: RemoteStore, wanted: Wanted): Promise<Side | null> {
  for (const version of (await store.versions(wanted.key)).slice(0, mostVersionsLooked)) {
    if (version.sizeBytes > longestBaseBytes) continue;
    const bytes = await bytesIfSame(store.get(wanted.key, { versionId: version.versionId }), wanted.sha256);
    if (bytes !== null) return asSide(bytes, { ...wanted, changedAtMs: version.lastModifiedMs });
  }
  return null;
}
async function bytesIfSame(asked: ReturnType<RemoteStore['get']>, sha256: Sha256): Promise<Uint8Array | null> {
  const answer = await asked;
  if (!answer.ok) return null;
  const bytes = await collect(answer.value.body);
  return sha256Of(bytes) === sha256 ? bytes : null;
}

async function baseInTrash(store: RemoteStore, wanted: Wanted): Promise<Side | null> {
  let token: string | undefined;
  let looked = 0;
  do {
    const page = await store.list({ prefix: remoteTrashPrefix, ...(token === undefined ? {} : { token }) });
    looked += page.objects.length;
    const fitting = page.objects.filter((object) => object.key.endsWith(`/${wanted.key}`) && object.sizeBytes <= longestBaseBytes);
    for (const object of fitting.toSorted((a, b) => b.lastModifiedMs - a.lastModifiedMs)) {
      const bytes = await bytesIfSame(store.get(object.key), wanted.sha256);
      if (bytes !== null) return asSide(bytes, { ...wanted, changedAtMs: null });
    }
    token = page.next ?? undefined;
  } while (token !== undefined && looked < mostTrashLooked);
  return null;
}

function asSide(bytes: Uint8Array, facts: { readonly sha256: string; readonly changedAtMs: number | null; readonly wantsText: boolean }): Side {
  return { key: null, device: null, sizeBytes: bytes.length, changedAtMs: facts.changedAtMs, sha256: facts.sha256, text: facts.wantsText && bytes.length <= longestTextBytes ? asText(bytes) : null };
}
/** Null for bytes that are no text, whatever the name says. */
function asText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
