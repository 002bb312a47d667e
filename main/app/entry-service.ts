/** All about one entry, and showing or opening it on this computer. */
import type { EntryDetails } from '../../shared/api/contract.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import type { Index } from '../sync/index-port.ts';
import { previewKindOf, wouldRun } from './file-kinds.ts';
import type { OpenPath, ViewQueries } from './ports.ts';
import type { RootRegistry } from './root-registry.ts';
import type { ViewService } from './view-service.ts';

export interface EntryDeps {
  readonly index: Index;
  readonly queries: ViewQueries;
  readonly registry: RootRegistry;
  readonly views: ViewService;
  readonly openPath: OpenPath;
}
const historyLines = 100;

export class EntryService {
  readonly #deps: EntryDeps;
  constructor(deps: EntryDeps) {
    this.#deps = deps;
  }

  read(rootId: string, key: string): EntryDetails {
    const { index, queries, registry } = this.#deps;
    const root = registry.get(rootId);
    const record = registry.record(rootId);
    const row = index.row(record.id, key as EntryKey);
    const shown = this.#deps.views.rowOf(record.id, key as EntryKey);
    if (row === null || shown === null) throw new AppError('not_found', { what: 'file' });
    const { local, remote, base } = row;
    return {
      row: shown, diskPath: local === null ? null : diskPathOf(record.folder, local.diskPath), remoteKey: remote?.objectKey ?? null, place: root.store?.description.name ?? root.place.name,
      sha256: hashOf(local?.sha256 ?? base?.sha256 ?? remote?.sha256 ?? null),
      onDisk: local === null ? null : { sizeBytes: local.sizeBytes, changedAtMs: Number(local.mtimeNs / 1_000_000n) },
      inPlace: remote === null ? null : { sizeBytes: remote.sizeBytes, etag: remote.etag, storageClass: remote.storageClass, versionId: remote.versionId },
      coldCopy: row.cold === null ? null : { sizeBytes: row.cold.sizeBytes, sinceMs: row.cold.atMs, isThisVersion: row.cold.ofEtag === remote?.etag || row.cold.etag === remote?.etag },
      history: queries.lines({ runId: null, rootId, kind: null, path: shown.path, before: null, limit: historyLines }),
      previewKind: shown.kind === 'folder' ? 'none' : previewKindOf(shown.name, shown.sizeBytes),
    };
  }

  async show(rootId: string, key: string, act: 'reveal' | 'open'): Promise<void> {
    const record = this.#deps.registry.record(rootId);
    if (key === '') return this.#deps.openPath(record.folder, 'open');
    const row = this.#deps.index.row(record.id, key as EntryKey);
    if (row?.local == null) throw new AppError('not_found', { what: 'file' });
    const isFolder = key.endsWith('/');
    const safe = act === 'open' && (isFolder || !wouldRun(row.local.diskPath, row.local.executable)) ? 'open' : 'reveal';
    return this.#deps.openPath(diskPathOf(record.folder, row.local.diskPath), safe);
  }
}

function diskPathOf(folder: string, diskPath: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return `${folder.replace(/[\\/]$/, '')}${separator}${separator === '/' ? diskPath : diskPath.replaceAll('/', '\\')}`;
}
/** A folder has no content; what stands there is only a mark. */
function hashOf(sha256: string | null): string | null {
  return sha256 === 'folder' ? null : sha256;
}
