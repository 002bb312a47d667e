/** Every difference between disk, records and place; `deep` reads every byte of both sides. Changes nothing. */
import { createHash } from 'node:crypto';
import type { OutputOf } from '../../shared/api/contract.ts';
import { pathOfKey } from '../../shared/relative-path.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Index, RootRecord, Row } from '../sync/index-port.ts';
import type { LocalRoot, RemoteStore } from '../sync/ports.ts';
import { sameStat } from '../sync/work.ts';
import { lookAtDisk, lookAtPlace, scratchRoot } from './both-sides.ts';
import type { Folders, ScratchIndex } from './ports.ts';
import { rowsOf } from './preview-service.ts';
import type { RootRegistry } from './root-registry.ts';

export interface VerifyDeps {
  readonly index: Index;
  readonly registry: RootRegistry;
  readonly folders: Folders;
  readonly openScratchIndex: () => ScratchIndex;
  readonly isReserved: (path: string) => boolean;
}
type Difference = OutputOf<'verify'>['differences'][number];
/** Beyond this nobody reads on; the count says that there is more. */
const mostDifferences = 10_000;

export async function verifyRoot(deps: VerifyDeps, request: { readonly folder: string; readonly deep: boolean }): Promise<OutputOf<'verify'>> {
  const record = await recordOf(deps, request.folder);
  const store = await deps.registry.storeOf(record.id);
  const local = await deps.folders.open(record.folder);
  const scratch = deps.openScratchIndex();
  try {
    await lookAtDisk(local, { index: scratch.index, isReserved: deps.isReserved });
    await lookAtPlace(store, { index: scratch.index, isReserved: deps.isReserved });
    return await compare({ known: deps.index, seen: scratch.index, record, local, store }, request.deep);
  } finally {
    scratch.close();
    await local.close();
  }
}

async function recordOf(deps: VerifyDeps, folder: string): Promise<RootRecord> {
  const { path } = await deps.folders.look(folder);
  const record = deps.index.roots().find((root) => root.folder === path || root.folder === folder);
  if (record === undefined) throw new AppError('not_found', { what: 'synced folder' });
  return record;
}

interface Sides { readonly known: Index; readonly seen: Index; readonly record: RootRecord; readonly local: LocalRoot; readonly store: RemoteStore }

async function compare(sides: Sides, deep: boolean): Promise<OutputOf<'verify'>> {
  const differences: Difference[] = [];
  let checked = 0;
  const tell = (row: Row, what: string | null): void => {
    if (what !== null && differences.length < mostDifferences) differences.push({ path: pathOfKey(row.key), what });
  };
  for (const row of rowsOf(sides.seen)) {
    const known = sides.known.row(sides.record.id, row.key);
    if (known?.frozen != null) continue;
    if (row.key.endsWith('/')) {
      tell(row, folderDifference(sides, row));
      continue;
    }
    checked += 1;
    const bothThere = row.local !== null && row.remote !== null;
    tell(row, quickDifference(row, known) ?? (bothThere && deep ? await deepDifference(sides, row) : bothThere ? await editedDifference(sides, row, known) : null));
  }
  for (const row of knownRows(sides.known, sides.record)) {
    if (row.key.endsWith('/') || row.frozen !== null || row.base === null) continue;
    if (sides.seen.row(scratchRoot, row.key) === null) tell(row, 'is in the records only: gone here and in the place');
  }
  return { differences, checked };
}

function quickDifference(seen: Row, known: Row | null): string | null {
  const { local, remote } = seen;
  if (local !== null && remote === null) return 'is on this computer only';
  if (local === null && remote !== null) return known?.base?.resident === false ? null : 'is in the place only';
  if (local === null || remote === null) return null;
  if (local.sizeBytes !== remote.sizeBytes) return `has ${local.sizeBytes} bytes here and ${remote.sizeBytes} in the place`;
  if (known === null || known.base === null) return 'is on both sides but not in the records';
  if (known.base.etag !== remote.etag) return 'changed in the place since the last sync';
  if (known.local === null) return 'is on this computer, but the records do not know that';
  if (known.base.sizeBytes !== local.sizeBytes) return 'changed on this computer since the last sync';
  if (known.base.executable !== local.executable && known.local.executable !== local.executable) return local.executable ? 'may be run as a program here, not in the place' : 'may be run as a program in the place, not here';
  return null;
}

/** A place keeps a folder while anything lies in it, so only one that holds nothing there is missing there. */
function folderDifference(sides: Sides, row: Row): string | null {
  const folder = pathOfKey(row.key);
  if (row.local !== null && row.remote === null) return sides.seen.anyBelow(scratchRoot, folder, 'remote', new Set()) ? null : 'is a folder on this computer only';
  return row.local === null && row.remote !== null ? 'is a folder in the place only' : null;
}

/** Same size, another date: only the bytes tell whether that is an edit. */
async function editedDifference(sides: Sides, row: Row, known: Row | null): Promise<string | null> {
  if (row.local === null || known?.local == null || known.base === null || sameStat(known.local, row.local)) return null;
  const here = await sides.local.hash(row.local.diskPath).catch(() => null);
  if (here?.ok !== true) return 'could not be read on this computer';
  return here.value.sha256 === known.base.sha256 ? null : 'changed on this computer since the last sync';
}

async function deepDifference(sides: Sides, row: Row): Promise<string | null> {
  if (row.local === null || row.remote === null) return null;
  try {
    const here = await sides.local.hash(row.local.diskPath);
    if (!here.ok) return 'changed while it was read here';
    const answer = await sides.store.get(row.remote.objectKey, { ifMatch: row.remote.etag });
    if (!answer.ok) return answer.why === 'archived' ? null : 'changed in the place while it was read';
    const hash = createHash('sha256');
    for await (const part of answer.value.body) hash.update(part);
    if (hash.digest('hex') !== here.value.sha256) return 'has different bytes here and in the place';
    const known = sides.known.row(sides.record.id, row.key)?.base?.sha256;
    return known !== undefined && known !== here.value.sha256 ? 'has other bytes than the records say' : null;
  } catch (thrown) {
    return `could not be read: ${asAppError(thrown).message}`;
  }
}

function* knownRows(index: Index, record: RootRecord): Generator<Row> {
  let after = '';
  for (;;) {
    const page = index.below(record.id, '', { after, limit: 500 });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < 500) return;
    after = last.key;
  }
}
