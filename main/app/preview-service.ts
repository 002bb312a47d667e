/** What a first sync would do, counted without writing anything on either side: equal path and size count as the same. */
import type { OutputOf, Preview } from '../../shared/api/contract.ts';
import { ancestorsOf, compareKeys, pathOfKey } from '../../shared/relative-path.ts';
import { asAppError } from '../base/app-error.ts';
import type { Index, Row } from '../sync/index-port.ts';
import type { LocalRoot, RemoteStore } from '../sync/ports.ts';
import { lookAtDisk, lookAtPlace, scratchRoot } from './both-sides.ts';
import type { Folders, Places, ScratchIndex } from './ports.ts';
import { reasonOfError } from './reasons.ts';
import type { RootSetup, WantedPlace } from './root-setup.ts';

export interface PreviewDeps {
  readonly places: Places;
  readonly folders: Folders;
  readonly setup: RootSetup;
  readonly openScratchIndex: () => ScratchIndex;
  readonly isReserved: (path: string) => boolean;
  readonly defaults: { readonly folder: string; readonly storeFolder: string };
}
const mostExamples = 8;
const pageRows = 500;

export async function previewRoot(deps: PreviewDeps, request: { readonly folder: string; readonly place: WantedPlace }): Promise<OutputOf<'previewRoot'>> {
  const place = deps.places.parse(request.place.address);
  const scratch = deps.openScratchIndex();
  let local: LocalRoot | null = null;
  let store: RemoteStore | null = null;
  try {
    if (!(await isMadeAtStart(deps, request.folder, deps.defaults.folder))) local = await deps.folders.open(await deps.setup.usableFolder(request.folder, null));
    if (place.folder === null || !(await isMadeAtStart(deps, place.folder, deps.defaults.storeFolder))) {
      store = await deps.places.open(place.address, { keys: request.place.keys ?? null, secretName: deps.setup.keptKeysFor(place.address), trustedCertificate: request.place.trustedCertificate ?? null, forSync: false });
    }
    const here = await lookAtDisk(local, { index: scratch.index, isReserved: deps.isReserved });
    const there = await lookAtPlace(store, { index: scratch.index, isReserved: deps.isReserved });
    const counts = countRows(scratch.index);
    return { ...counts, skipped: here.skipped + there.skipped, examples: [...counts.examples, ...here.examples, ...there.examples].slice(0, mostExamples), folders: largestFolders(scratch.index), reason: null };
  } catch (thrown) {
    return { ...emptyPreview(), folders: [], reason: reasonOfError(asAppError(thrown)) };
  } finally {
    scratch.close();
    await local?.close();
    await store?.close();
  }
}
/** A dry run that has found nothing yet. */
export function emptyPreview(): Preview {
  return { ...nothing, examples: [], reason: null };
}
const nothing = { uploads: 0, downloads: 0, deletions: 0, moves: 0, same: 0, conflicts: 0, skipped: 0, localFiles: 0, remoteFiles: 0, bytesUp: 0, bytesDown: 0 };

async function isMadeAtStart(deps: PreviewDeps, folder: string, proposed: string): Promise<boolean> {
  return folder === proposed && (await deps.folders.look(folder)).kind === 'missing';
}

/** A first meeting is a merge: it deletes nothing, and two different files of one name are both kept. */
export function countRows(index: Index): Omit<Preview, 'skipped' | 'reason'> {
  const counts = { ...nothing };
  const examples: { path: string; what: string }[] = [];
  const example = (row: Row, what: string): void => {
    if (examples.filter((one) => one.what === what).length < 3) examples.push({ path: pathOfKey(row.key), what });
  };
  for (const row of rowsOf(index)) {
    const { local, remote } = row;
    if (row.key.endsWith('/')) continue;
    if (local !== null) counts.localFiles += 1;
    if (remote !== null) counts.remoteFiles += 1;
    if (local !== null && remote !== null && local.sizeBytes === remote.sizeBytes) counts.same += 1;
    else if (local !== null && remote !== null) {
      counts.conflicts += 1;
      // Both go everywhere: the copy up, the place's version down.
      counts.bytesUp += local.sizeBytes;
      counts.bytesDown += remote.sizeBytes;
      example(row, 'both kept');
    } else if (local !== null) {
      counts.uploads += 1;
      counts.bytesUp += local.sizeBytes;
      example(row, 'upload');
    } else if (remote !== null) {
      counts.downloads += 1;
      counts.bytesDown += remote.sizeBytes;
      example(row, 'download');
    }
  }
  return { ...counts, examples };
}

/** What the first run offers to choose from: deep enough for whole subjects, few enough for one screen. */
const [mostFolders, deepest] = [300, 3];
function largestFolders(index: Index): { path: string; files: number; bytes: number }[] {
  const sums = new Map<string, { files: number; bytes: number }>();
  for (const row of rowsOf(index)) {
    if (row.remote === null || row.key.endsWith('/')) continue;
    for (const folder of ancestorsOf(pathOfKey(row.key)).slice(-deepest)) {
      const sum = sums.get(folder);
      if (sum === undefined) sums.set(folder, { files: 1, bytes: row.remote.sizeBytes });
      else {
        sum.files += 1;
        sum.bytes += row.remote.sizeBytes;
      }
    }
  }
  const all = [...sums].map(([path, sum]) => ({ path, ...sum }));
  const shown = new Set(all.sort((a, b) => b.bytes - a.bytes).slice(0, mostFolders).map((one) => one.path));
  // A folder is larger than what lies in it, so what is shown hangs together.
  return all.filter((one) => shown.has(one.path)).sort((a, b) => compareKeys(`${a.path}/`, `${b.path}/`));
}

export function* rowsOf(index: Index): Generator<Row> {
  let after = '';
  for (;;) {
    const page = index.below(scratchRoot, '', { after, limit: pageRows });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    after = last.key;
  }
}
