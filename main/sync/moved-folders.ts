/** What is not on this disk moves with its folder (rule 18), and a rename that touches the archive waits for a yes: bringing back costs money and hours (rule 7, row B6). */
import { kindOfKey, pathOfKey, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import { sha256Of } from './markers.ts';
import { lookAtKey } from './execute/look.ts';
import { removeObject } from './execute/remove-object.ts';
import type { Row } from './index-port.ts';
import type { Operation } from './plan/operation.ts';
import type { Answer, ObjectMetadata, RemoteObject, StoreKey, Written } from './ports.ts';
import { folderBase, markFoldersPresent, record, remoteSeenOf, roleOf, type Work } from './work.ts';

const pageRows = 200;

/** Before a round is planned. Folders are recognised by inode and birthtime; the deepest first, so that each takes what lies below it to where it went itself. */
export async function moveWithFolders(work: Work): Promise<void> {
  const waiting: Renamed[] = [];
  const pairs = [...work.index.movedFolders(work.rootId)].sort((a, b) => b.from.split('/').length - a.from.split('/').length);
  for (const pair of pairs) {
    const [from, to] = [pathOfKey(pair.from), pathOfKey(pair.to)];
    for (const row of onlineOnlyBelow(work, from)) {
      const target = `${to}${row.key.slice(from.length)}` as EntryKey;
      if (row.remote?.tier === 'archive') waiting.push({ from: row.key, to: target });
      else await moveOne(work, row, target);
    }
    // What could not go along yet does not call the old folder back to this disk; it goes with its last file.
    if (!onlineOnlyBelow(work, from).next().done) work.index.setBase(work.rootId, pair.from, { ...folderBase, resident: false });
  }
  holdRenames(work, waiting);
  for (const agreed of work.index.renames(work.rootId, 'approved')) {
    const row = work.index.row(work.rootId, agreed.from);
    // On its way back from the archive; what moved on meanwhile is no rename any more.
    if (row?.base?.resident === false && row.remote?.tier === 'archive') continue;
    if (row?.base?.resident === false && row.local === null && row.remote !== null) await moveOne(work, row, agreed.to);
    if (row?.base?.resident !== true) work.index.dropRename(work.rootId, agreed.from);
  }
}

function* onlineOnlyBelow(work: Work, folder: RelativePath): Generator<Row, void, void> {
  let after = '';
  for (;;) {
    const rows = work.index.below(work.rootId, folder, { after, limit: pageRows });
    for (const row of rows) if (kindOfKey(row.key) === 'file' && row.local === null && row.base?.resident === false && row.frozen === null && row.remote?.etag === row.base.etag) yield row;
    const last = rows[rows.length - 1];
    if (rows.length < pageRows || last === undefined) return;
    after = last.key;
  }
}

/** Copied in the place under the new name, never onto something else, then removed under the old one; cut off in between, the next round finds the copy as its own. */
async function moveOne(work: Work, row: Row, key: EntryKey): Promise<void> {
  const { remote, base } = row;
  if (remote === null || base === null || !work.touched.enter(row.key)) return;
  try {
    const [from, to] = [remote.objectKey, key as string as StoreKey];
    const described = await work.store.head(from, work.signal);
    if (described === null || described.etag !== base.etag || described.deletionClaimedAtMs !== null) return void (await lookAtKey(work, from));
    const copied = await copyOf(work, described, to);
    const there = await work.store.head(to, work.signal);
    if (there === null || there.deletionClaimedAtMs !== null) return;
    if (!copied.ok && !isCopyOf(there, described)) return void (await lookAtKey(work, to));
    work.index.transaction(() => {
      work.index.setRemote(work.rootId, key, remoteSeenOf(there, remote.sha256));
      work.index.setBase(work.rootId, key, { ...base, store: roleOf(there), etag: there.etag, versionId: there.versionId });
      markFoldersPresent(work, pathOfKey(key));
    });
    if (!(await removeObject(work, from, described.etag, described.sizeBytes, { keep: false }))) return void (await lookAtKey(work, from));
    const told = work.index.transaction(() => {
      work.index.setRemote(work.rootId, row.key, null);
      work.index.setBase(work.rootId, row.key, null);
      return record(work, { kind: 'moveRemote', path: pathOfKey(key), otherPath: pathOfKey(row.key), sizeBytes: described.sizeBytes });
    });
    told();
    work.tally.moved += 1;
    work.changedKeys.add(from);
    work.changedKeys.add(to);
    work.emit({ type: 'rows', keys: [row.key, key] });
  } finally {
    work.touched.leave(row.key);
  }
}

function copyOf(work: Work, source: RemoteObject, to: StoreKey): Promise<Answer<Written>> {
  const metadata: ObjectMetadata = {
    executable: source.executable, ...(source.claimedSha256 === null ? {} : { sha256: source.claimedSha256 }), ...(source.parentSha256 === null ? {} : { parentSha256: source.parentSha256 }), ...(source.mtimeNs === null ? {} : { mtimeNs: source.mtimeNs }),
    ...(source.contentType === undefined ? {} : { contentType: source.contentType }), ...(source.otherHeaders === undefined ? {} : { otherHeaders: source.otherHeaders }),
    // Brought back from the archive it is to be readable under its new name as well; any other class stays.
    ...(source.restoring !== 'no' || source.storageClass === 'STANDARD' ? {} : { storageClass: source.storageClass }),
  };
  const empty = new Uint8Array(0);
  if (source.sizeBytes === 0) return work.store.put(to, empty, { sizeBytes: 0, sha256: sha256Of(empty), metadata, ifNoneMatch: '*', signal: work.signal });
  return work.store.copy(source.key, to, { sourceIfMatch: source.etag, sizeBytes: source.sizeBytes, metadata });
}
function isCopyOf(there: RemoteObject, source: RemoteObject): boolean {
  return there.sizeBytes === source.sizeBytes && there.claimedSha256 !== null && there.claimedSha256 === source.claimedSha256;
}

interface Renamed {
  readonly from: EntryKey;
  readonly to: EntryKey;
}
/** Adds to the decision that waits, or makes one; what waits already is not asked again. */
function holdRenames(work: Work, renamed: readonly Renamed[]): void {
  const known = new Set([...work.index.renames(work.rootId, 'waiting'), ...work.index.renames(work.rootId, 'approved')].map((one) => one.from));
  const fresh = renamed.filter((one) => !known.has(one.from));
  if (fresh.length === 0) return;
  const waiting = work.index.holds(work.rootId, 'waiting').find((hold) => hold.kind === 'archivedRename');
  const hold = work.index.holdRenames({
    id: waiting?.id ?? work.random(), rootId: work.rootId, kind: 'archivedRename', direction: 'there', ofRows: work.index.countFiles(work.rootId, Number.MAX_SAFE_INTEGER), sinceMs: waiting?.sinceMs ?? work.clock.nowMs(), state: 'waiting', code: 'archived_rename', context: {},
  }, fresh);
  work.emit({ type: 'hold', hold });
}

/** A planned rename of a file whose stored copy lies in the archive waits; its bytes are on this disk, so that a yes sends them anew. True when it may go on. */
export function mayRename(work: Work, op: Operation): boolean {
  if (op.kind !== 'moveRemote' || op.from?.remote?.tier !== 'archive') return true;
  const { from } = op;
  if (work.index.renames(work.rootId, 'approved').some((one) => one.from === from.key)) return true;
  holdRenames(work, [{ from: from.key, to: op.key }]);
  return false;
}
