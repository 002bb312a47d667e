/** Mistakes that would cost bytes, as small changes of the source: each is what somebody could write on a bad day, with the line of defence behind it left out where there is one. */

export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Every occurrence; else there must be exactly one. */
  readonly all?: true;
}
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
}

const lookBeforeDeletingHere: Edit = { file: 'main/sync/execute/deletions.ts', find: 'if (object !== null && object.deletionClaimedAtMs === null) {', replace: 'if (object === undefined) {' };
const lookBeforeDeletingThere: Edit = { file: 'main/sync/execute/deletions.ts', find: '  if (there !== null && !isOtherKind) return lookAtDisk(work, op.key, diskPath);\n', replace: '  void isOtherKind;\n' };

export const mutants: readonly Mutant[] = [
  {
    name: 'base saved before the effect',
    edits: [{
      file: 'main/sync/execute/download.ts', find: '  const placed = await work.local.place(',
      replace: "  work.index.setBase(work.rootId, op.key, { sha256, sizeBytes: object.sizeBytes, executable: object.executable, resident: true, store: 'warm', etag: object.etag, versionId: object.versionId });\n  const placed = await work.local.place(",
    }],
  },
  { name: 'no If-None-Match', edits: [{ file: 'main/sync/execute/finish-upload.ts', find: "{ ifNoneMatch: '*' }", replace: '{}' }] },
  { name: 'no If-Match', edits: [{ file: 'main/sync/execute/finish-upload.ts', find: '{ ifMatch: expectEtag }', replace: '{}' }] },
  {
    name: 'no second stat after reading',
    edits: [
      { file: 'main/local/reading.ts', find: 'if (named === null || bytes.byteLength !== before.sizeBytes || !sameState(before, after) || !sameState(after, named))', replace: 'if (named === null)' },
      { file: 'main/local/reading.ts', find: 'if (named === null || !sameState(before, after) || !sameState(after, named))', replace: 'if (named === null)' },
    ],
  },
  {
    name: 'no look before rename',
    edits: [
      { file: 'main/local/placing.ts', find: '  const why = differenceFrom(request.expect, await lstatOrNull(context, absolute));\n  if (why !== null) return { ok: false, why };\n', replace: '' },
      { file: 'main/local/trash.ts', find: "  const why = parents.state === 'all-there' ? differenceFrom(expect, await lstatOrNull(context, absolute)) : 'absent';\n  if (why !== null) return { ok: false, why };\n", replace: '' },
      { file: 'main/local/trash.ts', find: 'if (!sameAfterOurMove(expect, moved)) {', replace: 'if (moved === null) {' },
    ],
  },
  {
    name: 'rename before the hash check',
    edits: [
      { file: 'main/sync/execute/download.ts', find: "    verify(op, object, { sha256, sizeBytes, md5: md5.digest('hex') });\n", replace: '    Object.assign(incoming, { check: () => verify(op, object, { sha256, sizeBytes, md5: md5.digest(\'hex\') }) });\n' },
      { file: 'main/sync/execute/download.ts', find: '  if (!placed.ok) return lookAtDisk(work, op.key, diskPath);\n', replace: '  (incoming as unknown as { check: () => void }).check();\n  if (!placed.ok) return lookAtDisk(work, op.key, diskPath);\n' },
    ],
  },
  {
    name: 'deletion from an incomplete list',
    edits: [{ file: 'main/sync/observe-remote.ts', find: "    if (!state.markerSeen) return { complete: false, code: 'library_changed', changed: changedOf(state), looked: state.looked };\n", replace: '' }, lookBeforeDeletingHere],
  },
  {
    name: 'marker not compared',
    edits: [
      { file: 'main/sync/markers.ts', find: 'if (marker === null || marker.libraryId !== root.libraryId) throw', replace: 'if (marker === null) throw' },
      { file: 'main/sync/markers.ts', find: 'if (marker === null || marker.rootId !== expect.rootId || marker.libraryId !== expect.libraryId) throw', replace: 'if (marker === null) throw' },
      { file: 'main/sync/connect.ts', find: 'if (marker === null || marker.rootId !== root.id || marker.libraryId !== root.libraryId) throw', replace: 'if (marker === null) throw' },
      { file: 'main/sync/connect.ts', find: 'if ((await readLibraryMarker(deps.store))?.libraryId !== root.libraryId) throw', replace: 'if ((await readLibraryMarker(deps.store)) === null) throw' },
      // The counters would tell it as well.
      { file: 'main/sync/connect.ts', find: 'const standing = standingOf(root, marker, own);', replace: "const standing = 'current' as Standing;" },
    ],
  },
  {
    name: 'online-only read as deleted',
    edits: [
      { file: 'main/sync/plan/compare.ts', find: 'onlineOnly: row.base !== null && !row.base.resident && row.local === null', replace: 'onlineOnly: false' },
      { file: 'main/sync/plan/compare.ts', find: "if (local === null) return 'unchanged';", replace: "if (local === null) return 'deleted';" },
      { file: 'main/database/schema.ts', find: '(l_here = 1) <> (b_sha IS NOT NULL AND b_resident = 1)', replace: '(l_here = 1) <> (b_sha IS NOT NULL)' },
    ],
  },
  {
    name: 'ignored read as deleted',
    edits: [{ file: 'main/sync/observe-local.ts', find: '    freeze(state, entry);\n    return;\n', replace: '    return;\n' }, lookBeforeDeletingThere],
  },
  { name: 'trash skipped', edits: [{ file: 'main/sync/execute/remote-trash.ts', find: "if (work.profile.versioning === 'on') return work.index.noteKeptVersion({ rootId: work.rootId, runId: work.runId(), objectKey: key, etag, sizeBytes });", replace: "if (work.profile.versioning !== 'suspended') return;" }] },
  { name: 'journal not cleaned after a crash', edits: [{ file: 'main/sync/execute/recover.ts', find: 'work.index.closeJournal(row.id);', replace: '', all: true }] },
];
