/** Looks at a folder and its place as they are now, into an index of its own: for dry runs and for verifying; writes nothing on either side. */
import { parseRelativePath, keyOf, type EntryKind } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import type { Index, RootId } from '../sync/index-port.ts';
import type { ETag, ListedObject, LocalRoot, RemoteStore, ScannedEntry } from '../sync/ports.ts';
import { ownPrefix } from '../sync/markers.ts';
import { roleOf } from '../sync/work.ts';

export const scratchRoot = 'scratch' as RootId;
export interface Looked {
  readonly skipped: number;
  readonly examples: readonly { readonly path: string; readonly what: string }[];
}
export interface LookRequest {
  readonly index: Index;
  readonly isReserved: (path: string) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Null stands for a folder that is made only at the start: it holds nothing. */
export async function lookAtDisk(local: LocalRoot | null, request: LookRequest): Promise<Looked> {
  let skipped = 0;
  const examples: { path: string; what: string }[] = [];
  if (local === null) return { skipped, examples };
  for await (const event of local.scan({ folders: 'all', ...(request.signal === undefined ? {} : { signal: request.signal }) })) {
    if (event.type === 'unreadable') skipped += 1;
    if (event.type === 'end' && !event.complete) throw new AppError(event.code, { root: local.path });
    if (event.type !== 'entries') continue;
    request.index.transaction(() => {
      for (const entry of event.entries) {
        if (entry.skipped === null) keepLocal(request.index, entry);
        else if (entry.skipped.code !== 'name_reserved') {
          skipped += 1;
          if (examples.length < 3) examples.push({ path: entry.path, what: 'skipped' });
        }
      }
    });
  }
  return { skipped, examples };
}
function keepLocal(index: Index, entry: ScannedEntry): void {
  const { stat } = entry;
  if (stat.kind !== 'file' && stat.kind !== 'folder') return;
  index.setLocal(scratchRoot, keyOf(entry.path, stat.kind), {
    diskPath: entry.diskPath, sizeBytes: stat.sizeBytes, mtimeNs: stat.mtimeNs, ctimeNs: stat.ctimeNs, birthtimeNs: stat.birthtimeNs, inode: stat.inode, executable: stat.executable, sha256: null,
  });
}

export async function lookAtPlace(store: RemoteStore | null, request: LookRequest): Promise<Looked> {
  let skipped = 0;
  const examples: { path: string; what: string }[] = [];
  let token: string | undefined;
  while (store !== null) {
    const page = await store.list({ ...(token === undefined ? {} : { token }), ...(request.signal === undefined ? {} : { signal: request.signal }) });
    request.index.transaction(() => {
      for (const object of page.objects) {
        if (object.key.startsWith(ownPrefix) || keepRemote(request, object)) continue;
        skipped += 1;
        if (examples.length < 3) examples.push({ path: object.key, what: 'skipped' });
      }
    });
    if (page.next === null) break;
    token = page.next;
  }
  return { skipped, examples };
}
function keepRemote(request: LookRequest, object: ListedObject): boolean {
  const kind: EntryKind = object.key.endsWith('/') ? 'folder' : 'file';
  const parsed = parseRelativePath(kind === 'folder' ? object.key.slice(0, -1) : object.key);
  if (!parsed.ok || request.isReserved(parsed.path)) return false;
  // A warm object shadows a cold one; the cold pages come last.
  if (object.inCold === true && request.index.row(scratchRoot, keyOf(parsed.path, kind))?.remote != null) return true;
  request.index.setRemote(scratchRoot, keyOf(parsed.path, kind), {
    objectKey: object.key, sizeBytes: object.sizeBytes, etag: kind === 'folder' ? ('folder' as ETag) : object.etag, modifiedMs: object.lastModifiedMs, sha256: null, mtimeNs: null, executable: null,
    tier: roleOf(object), store: roleOf(object), storageClass: object.storageClass, versionId: null,
  });
  return true;
}
