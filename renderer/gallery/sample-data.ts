/** Recorded answers the stories are made of: one small world with believable names, sizes and times. */
import type { ActivityLine, Conflict, ConflictSides, EntryDetails, Hold, NeedsYou, Preview, Cost, Migration, OutputOf, Problem, Progress, Reason, RootStatus, Row, Run, Settings, ShownCertificate, Status, Storage, ThawedFile, ThawPlan, Thaws, TierPlan, Tiers, Transfers } from '../../shared/api/contract.ts';
import { sentenceFor, type ErrorCode, type ErrorContext } from '../../shared/api/errors.ts';
import type { EntryState, Fix } from '../../shared/model/states.ts';

export const nowMs = new Date('2026-11-21T14:05:00').getTime();
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export function reason(code: ErrorCode, context: ErrorContext, fix: Fix | null, nextTryAtMs: number | null = null): Reason {
  return { code, context, sentence: sentenceFor(code, context), fix, nextTryAtMs };
}

export const busy: Progress = { filesDone: 12, filesTotal: 340, bytesDone: 1_230_000_000, bytesTotal: 8_040_000_000, bytesPerSecond: 13_800_000, percent: 15, secondsLeft: 520 };

export const photos: RootStatus = {
  id: 'photos', name: 'Photos', folder: '/home/anna/Photos', place: 'minio.home/photos', placeKind: 's3', libraryId: 'lib-1', kind: 'upToDate', paused: false, pausedUntilMs: null, reason: null, progress: null,
  files: 120_482, bytes: 284_300_000_000, waiting: 0, skipped: 12, failed: 0, conflicts: 0, held: 0, lastInStepAtMs: nowMs - 3 * minute,
};
export const work: RootStatus = { ...photos, id: 'work', name: 'Work', folder: '/home/anna/Work', place: 'Backup drive', placeKind: 'folder', files: 8_420, bytes: 12_900_000_000, skipped: 0 };

export function status(kind: Status['headline']['kind'], text: string, change: Partial<Status> & { readonly suffix?: string } = {}): Status {
  const { suffix, ...rest } = change;
  return { headline: { kind, text, suffix: suffix ?? null }, needsYou: 0, progress: null, roots: [photos, work], nextTryAtMs: null, device: 'Laptop-Anna', ...rest };
}

interface RowSketch { readonly name: string; readonly kind?: Row['kind']; readonly state?: EntryState; readonly percent?: number; readonly size?: number; readonly ageMs?: number; readonly residency?: Row['residency']; readonly tier?: Row['tier']; readonly reason?: Reason }
const sketches: readonly RowSketch[] = [
  { name: '2019', kind: 'folder', ageMs: 400 * day }, { name: '2024 Summer in the Alps', kind: 'folder', ageMs: 90 * day }, { name: 'Scans', kind: 'folder', ageMs: 12 * day },
  { name: 'A very long name that a camera application thought would be useful (edited, final, really).jpeg', size: 8_240_000, ageMs: 4 * day },
  { name: 'Birthday.mov', size: 1_840_000_000, ageMs: 32 * day, residency: 'notOnDisk', tier: 'cold' },
  { name: 'Contract.pdf', size: 412_000, ageMs: 2 * hour, residency: 'alwaysOnDisk' },
  { name: 'IMG_2041.jpg', size: 3_120_000, ageMs: 50 * minute }, { name: 'IMG_2042.jpg', size: 2_980_000, ageMs: 50 * minute }, { name: 'IMG_2043.jpg', size: 3_340_000, ageMs: 49 * minute },
  { name: 'Interview raw.wav', size: 940_000_000, ageMs: 420 * day, residency: 'notOnDisk', tier: 'archive' },
  { name: 'notes.md', size: 18_400, ageMs: 20 * minute }, { name: 'Old tax 2011.zip', size: 88_000_000, ageMs: 2200 * day, residency: 'notOnDisk', tier: 'archive' },
  { name: 'Panorama.tiff', size: 248_000_000, ageMs: 210 * day, tier: 'cold' }, { name: 'Report.docx', size: 68_200, ageMs: 3 * minute },
  { name: 'Trip.gpx', size: 740, ageMs: 8 * day }, { name: 'Voice memo.m4a', size: 5_600_000, ageMs: 15 * day },
];

export function rows(changes: Readonly<Record<string, Partial<RowSketch>>> = {}): Row[] {
  return sketches.map((sketch, rank) => {
    const s = { ...sketch, ...changes[sketch.name] };
    return {
      rank, key: `${s.name}`, rootId: 'photos', path: s.name, name: s.name, kind: s.kind ?? 'file', state: s.state ?? 'upToDate', percent: s.percent ?? null, reason: s.reason ?? null,
      sizeBytes: s.size ?? null, changedAtMs: nowMs - (s.ageMs ?? 0), residency: s.residency ?? 'onDisk', tier: s.kind === 'folder' ? null : s.tier === undefined ? 'warm' : s.tier,
    };
  });
}

/** A row of a list of a million, made from its rank. */
export function numberedRow(rank: number): Row {
  const name = `IMG_${String(rank).padStart(7, '0')}.jpg`;
  return { rank, key: name, rootId: 'photos', path: name, name, kind: 'file', state: 'upToDate', percent: null, reason: null, sizeBytes: 2_000_000 + ((rank * 7919) % 4_000_000), changedAtMs: nowMs - rank * 1000, residency: rank % 5 === 0 ? 'notOnDisk' : 'onDisk', tier: rank % 9 === 0 ? 'cold' : 'warm' };
}

export function details(row: Row): EntryDetails {
  const inPlace = row.kind === 'folder' ? null : { sizeBytes: row.sizeBytes ?? 0, etag: '"9b2cf535f27731c974343645a3985328"', storageClass: row.tier === 'archive' ? 'GLACIER' : 'STANDARD', versionId: null };
  return {
    row, diskPath: row.residency === 'notOnDisk' ? null : `/home/anna/Photos/${row.path}`, remoteKey: row.path, place: 'minio.home/photos',
    sha256: row.kind === 'folder' ? null : '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
    onDisk: row.residency === 'notOnDisk' || row.kind === 'folder' ? null : { sizeBytes: row.sizeBytes ?? 0, changedAtMs: row.changedAtMs ?? nowMs }, inPlace, coldCopy: row.tier === 'cold' && row.kind === 'file' ? { sizeBytes: row.sizeBytes ?? 0, sinceMs: nowMs - 86_400_000, isThisVersion: true } : null,
    history: row.kind === 'folder' ? [] : lines.slice(0, 2), previewKind: row.name.endsWith('.md') ? 'text' : row.name.endsWith('.pdf') ? 'pdf' : row.name.endsWith('.jpg') ? 'image' : 'none',
  };
}

const wave = (height: number, shift: number): number[] => Array.from({ length: 60 }, (_, at) => Math.max(0, Math.round(height * (0.6 + 0.35 * Math.sin((at + shift) / 6) + 0.05 * Math.cos(at * 1.7)))));
export const idleTransfers: Transfers = { progress: null, running: [], queued: 0, doneToday: 48, bytesUpToday: 1_940_000_000, bytesDownToday: 220_000_000, graph: { up: Array<number>(60).fill(0), down: Array<number>(60).fill(0) }, limits: { upBytesPerSecond: 0, downBytesPerSecond: 20_000_000 }, lastChangeAtMs: nowMs - 3 * minute };
export const busyTransfers: Transfers = {
  ...idleTransfers, progress: busy, queued: 325, graph: { up: wave(13_800_000, 0), down: wave(2_400_000, 20) },
  running: [
    { id: 't1', rootId: 'photos', path: '2024 Summer in the Alps/IMG_4410.mov', direction: 'up', sizeBytes: 1_840_000_000, bytesDone: 940_000_000, bytesPerSecond: 9_200_000, secondsLeft: 98, startedAtMs: nowMs - minute },
    { id: 't2', rootId: 'photos', path: '2024 Summer in the Alps/A very long name that a camera application thought would be useful.jpeg', direction: 'up', sizeBytes: 8_200_000, bytesDone: 4_100_000, bytesPerSecond: 4_600_000, secondsLeft: 1, startedAtMs: nowMs - 2000 },
    { id: 't3', rootId: 'work', path: 'Plans/Budget 2027.xlsx', direction: 'down', sizeBytes: 1_240_000, bytesDone: 0, bytesPerSecond: 0, secondsLeft: null, startedAtMs: nowMs },
  ],
};

export const lines: readonly ActivityLine[] = ([
  ['upload', 'Report.docx', 68_200, null, null], ['upload', '2024 Summer in the Alps/IMG_2041.jpg', 3_120_000, null, null], ['deleteLocal', 'Scans/draft 3.pdf', 120_000, null, 'Pixel'],
  ['download', 'Plans/Budget 2027.xlsx', 1_240_000, null, 'Desk'], ['moveRemote', 'Scans/Invoice 2026-11.pdf', null, 'Inbox/scan0021.pdf', null], ['keepBoth', 'Report.docx', null, null, 'Desk'],
  ['problem', 'Budget.xlsx', null, null, null], ['hold', '2019', null, null, null], ['adopt', 'Trip.gpx', 740, null, null],
] as const).map(([kind, path, sizeBytes, otherPath, device], at) => ({ id: 900 - at, runId: at < 5 ? 'run-2' : 'run-1', rootId: 'photos', atMs: nowMs - 3 * minute - (at < 5 ? at * 2000 : day + at * 2000), kind, path, otherPath, sizeBytes, device, note: kind === 'problem' ? 'The file is open in another program.' : null }));
export const runs: readonly Run[] = [
  { id: 'run-2', rootId: 'photos', startedAtMs: nowMs - 3 * minute, endedAtMs: nowMs - 2 * minute, device: 'Laptop-Anna', uploaded: 2, downloaded: 1, deleted: 1, moved: 1, conflicts: 0, failed: 0, restored: 0, bytesUp: 3_188_200, bytesDown: 1_240_000 },
  { id: 'run-1', rootId: 'photos', startedAtMs: nowMs - day, endedAtMs: nowMs - day + minute, device: 'Laptop-Anna', uploaded: 0, downloaded: 0, deleted: 0, moved: 0, conflicts: 1, failed: 1, restored: 0, bytesUp: 0, bytesDown: 0 },
];

const noNeeds: NeedsYou = { holds: [], conflicts: [], problems: [], conflictCount: 0, problemCount: 0 };
export const hold: Hold = { id: 'h1', rootId: 'photos', rootName: 'Photos', kind: 'massDeletion', direction: 'here', rows: 312, ofRows: 1_204, examples: ['2019/Wedding/IMG_0001.jpg'], sinceMs: nowMs - 20 * minute, reason: reason('mass_deletion', { count: 312, where: 'in the bucket', elsewhere: 'here' }, 'seeList'), canApprove: true, backCost: null };
export const renameHold: Hold = { ...hold, id: 'h4', kind: 'archivedRename', direction: 'there', rows: 14, examples: ['Film 2019/Interview raw.wav'], reason: reason('archived_rename', { count: 14 }, 'seeList'), backCost: { files: 14, bytes: 38_000_000_000, amount: 0.65, fee: 0.21, currency: 'USD', fromMs: 3 * 60 * minute, toMs: 5 * 60 * minute } };
export const rootGone: Hold = { ...hold, id: 'h2', rootId: 'work', rootName: 'Work', kind: 'rootMissing', direction: null, rows: 0, ofRows: 8_420, examples: [], reason: reason('root_missing', { root: '/media/anna/Work' }, 'lookAgain'), canApprove: false };
export const otherBucket: Hold = { ...rootGone, id: 'h3', rootId: 'photos', rootName: 'Photos', kind: 'libraryChanged', reason: reason('library_changed', { root: 'Photos' }, 'pairAgain') };
export const conflict: Conflict = { id: 'c1', rootId: 'photos', path: 'Plans/Report.docx', copyPath: 'Plans/Report (conflict, Desk, 2026-11-21 14.02).docx', device: 'Desk', atMs: nowMs - 3 * minute, copyHere: false, sizeBytes: 70_100, copySizeBytes: 68_200, changedAtMs: nowMs - 12 * minute, copyChangedAtMs: nowMs - 4 * minute };
export const problems: readonly Problem[] = [
  { rootId: 'photos', key: 'Budget.xlsx', path: 'Plans/Budget.xlsx', state: 'cantSync', reason: reason('file_unreadable', {}, 'tryNow'), attempts: 4 },
  { rootId: 'photos', key: 'a:b.txt', path: 'From the Mac/a:b.txt', state: 'cantSync', reason: reason('name_unsupported', {}, 'renameThere'), attempts: 1 },
  { rootId: 'photos', key: 'report.xlsx', path: 'Plans/report.xlsx', state: 'tryingAgain', reason: reason('file_busy', {}, 'tryNow', nowMs + minute), attempts: 2 },
];
export const needs = (part: Partial<NeedsYou>): NeedsYou => ({ ...noNeeds, ...part, conflictCount: part.conflicts?.length ?? 0, problemCount: part.problems?.length ?? 0 });

export const storage: Storage = {
  trashBytes: 1_240_000_000,
  places: [{
    rootId: 'photos', place: 'minio.home/photos', files: 120_482, bytes: 284_300_000_000, onDiskFiles: 48_210, onDiskBytes: 96_400_000_000, requestsToday: 4_812,
    tiers: [{ tier: 'warm', files: 62_000, bytes: 120_300_000_000 }, { tier: 'cold', files: 40_482, bytes: 88_000_000_000 }, { tier: 'archive', files: 18_000, bytes: 76_000_000_000 }],
    topFolders: [{ folder: '2019', files: 40_210, bytes: 110_000_000_000 }, { folder: '2024 Summer in the Alps', files: 12_400, bytes: 84_000_000_000 }, { folder: 'Scans', files: 3_402, bytes: 9_200_000_000 }, { folder: '', files: 12, bytes: 3_100_000_000 }],
  }],
};
export const sharingOff: OutputOf<'readSharing'> = { state: 'off', rootId: 'photos', ownerEmail: null, membersPlace: 's3://photos-members?endpoint=http://minio.home:9000', port: 8643, certificate: { kind: 'generated' }, addresses: [], fingerprint: null, problem: null };
export const sharingOn: OutputOf<'readSharing'> = { ...sharingOff, state: 'on', ownerEmail: 'anna@example.org', addresses: ['https://192.168.1.7:8643', 'https://laptop-anna.local:8643'], fingerprint: '3A:9F:14:0C:77:D2:5B:E8:41:60:9C:AA:12:FE:83:27:C5:0D:96:B1:34:EF:58:72:8B:19:D0:66:A3:4E:CC:01' };
export const settings: Settings = { deviceName: 'Laptop-Anna', theme: 'light', upBytesPerSecond: 0, downBytesPerSecond: 20_000_000, concurrency: 8, notifyNeedsYou: true, notifyBackFromArchive: true, notifyJobDone: false, notifyUnreachable: true, openAtLogin: true, trashDays: 30, language: 'en' };
export const certificate: ShownCertificate = { pem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', fingerprint: Array.from({ length: 32 }, (_, at) => ((at * 37 + 11) % 256).toString(16).padStart(2, '0').toUpperCase()).join(':'), issuedTo: 'nas.home, 192.168.1.20', issuedBy: 'CN=nas.home', validUntilMs: Date.UTC(2028, 4, 1) };
export const preview: Preview = { uploads: 224, downloads: 30, deletions: 0, moves: 0, same: 950, conflicts: 2, skipped: 3, localFiles: 1_204, remoteFiles: 980, bytesUp: 1_940_000_000, bytesDown: 88_000_000, examples: [{ path: 'Scans/Invoice.pdf', what: 'goes up' }, { path: 'Plans/Budget.xlsx', what: 'comes down' }], reason: null };

export const noteConflict: Conflict = { ...conflict, id: 'c2', path: 'Plans/Trip to Elba.md', copyPath: 'Plans/Trip to Elba (conflict, Desk, 2026-11-21 14.02).md', sizeBytes: 214, copySizeBytes: 240 };
export const pictureConflict: Conflict = { ...conflict, id: 'c3', path: '2019/Beach.jpg', copyPath: '2019/Beach (conflict, Desk, 2026-11-21 14.02).jpg', sizeBytes: 2_410_000, copySizeBytes: 2_180_000 };
const tripBase = ['# Trip to Elba', '', 'Leave on Friday at 9.', 'Ferry from Piombino.', '', '- tent', '- stove', '- two lamps', '- rope', '- map of the island', '- book', '', 'Back on Sunday.'];
const changedLines = (changes: Readonly<Record<number, string>>, added: readonly string[] = []): string => [...tripBase.map((line, at) => changes[at] ?? line), ...added].join('\n');
export const textSides: ConflictSides = {
  conflict: noteConflict, previewKind: 'text',
  base: { key: null, sizeBytes: 198, changedAtMs: nowMs - day, device: null, sha256: 'c0ffee00aa11223344556677889900aabbccddeeff00112233445566778899aa', text: tripBase.join('\n') },
  mine: { key: noteConflict.path, sizeBytes: 214, changedAtMs: nowMs - 12 * minute, device: null, sha256: '1f3870be274f6c49b3e31a0c6728957f1f3870be274f6c49b3e31a0c6728957f', text: changedLines({ 2: 'Leave on Friday at 7, before the traffic.' }) },
  theirs: { key: noteConflict.copyPath, sizeBytes: 240, changedAtMs: nowMs - 4 * minute, device: 'Desk', sha256: '9b74c9897bac770ffc029102a200c5de9b74c9897bac770ffc029102a200c5de', text: changedLines({ 2: 'Leave on Friday at 10.', 7: '- three lamps' }, ['Call Marta from the ferry.']) },
};
export const pictureSides: ConflictSides = {
  conflict: pictureConflict, previewKind: 'image', base: null,
  mine: { key: pictureConflict.path, sizeBytes: 2_410_000, changedAtMs: nowMs - 12 * minute, device: null, sha256: textSides.mine?.sha256 ?? null, text: null },
  theirs: { key: pictureConflict.copyPath, sizeBytes: 2_180_000, changedAtMs: nowMs - 4 * minute, device: 'Desk', sha256: textSides.theirs?.sha256 ?? null, text: null },
};
export const factSides: ConflictSides = { ...pictureSides, conflict, previewKind: 'none' };
export const room: OutputOf<'readRoom'> = { rules: { unusedDays: 90, keepFreeBytes: 20_000_000_000 }, freeBytes: 61_400_000_000, last: { atMs: nowMs - 2 * day, files: 318, bytes: 4_100_000_000 } };
export const roomPreview: OutputOf<'previewRoom'> = { unusedFiles: 1_022, unusedBytes: 14_300_000_000, fullFiles: 210, fullBytes: 3_800_000_000, missingBytes: 0, examples: [{ path: 'Video/Interview raw.wav', sizeBytes: 2_100_000_000, usedMs: nowMs - 400 * day }, { path: 'Photos/2019/Wedding/IMG_0001.jpg', sizeBytes: 8_400_000, usedMs: nowMs - 210 * day }] };
export const lifecycle: OutputOf<'readLifecycle'> = {
  place: 's3.amazonaws.com/photos-archive', version: 'v1', own: { archive: null, abortUploadsAfterDays: null },
  rules: [
    { id: 'logs', isEnabled: true, isOurs: false, prefix: 'logs/', byTags: false, overBytes: null, underBytes: null, moves: [], deletesAfterDays: 30, deletesOnDate: null, oldVersionsGoAfterDays: null, abortsUploadsAfterDays: null, touches: null },
    { id: 'old', isEnabled: true, isOurs: false, prefix: 'photos/', byTags: false, overBytes: 1_000_000, underBytes: null, moves: [{ afterDays: 90, onDate: null, storageClass: 'STANDARD_IA' }, { afterDays: 365, onDate: null, storageClass: 'GLACIER' }], deletesAfterDays: null, deletesOnDate: null, oldVersionsGoAfterDays: null, abortsUploadsAfterDays: null, touches: { folder: '', files: 8_412, bytes: 41_000_000_000, dueFiles: 2_004, dueBytes: 9_800_000_000 } },
  ],
};
export const folderMap: OutputOf<'readMap'> = {
  folders: [
    { folder: 'Video', files: 61, bytes: 112_000_000_000, layer: 'archive' }, { folder: 'Photos/2026', files: 1_310, bytes: 42_400_000_000, layer: 'warm' }, { folder: 'Photos/2019', files: 2_004, bytes: 29_800_000_000, layer: 'cold' }, { folder: 'Photos/2019/Wedding', files: 1_204, bytes: 18_800_000_000, layer: 'cold' },
    { folder: 'Music', files: 3_204, bytes: 21_000_000_000, layer: 'warm' }, { folder: 'Contracts', files: 214, bytes: 3_800_000_000, layer: 'warm' }, { folder: '', files: 12, bytes: 1_200_000_000, layer: 'disk' },
    ...Array.from({ length: 60 }, (_, at) => ({ folder: `Scans/${2000 + at}`, files: 40, bytes: 900_000_000 - at * 12_000_000, layer: at % 3 === 0 ? ('cold' as const) : ('warm' as const) })),
  ],
  otherFiles: 8_420, otherBytes: 9_100_000_000,
};
export const placeFolders: readonly { readonly path: string; readonly files: number; readonly bytes: number }[] = [
  { path: 'Contracts', files: 214, bytes: 380_000_000 }, { path: 'Photos', files: 8_412, bytes: 41_000_000_000 }, { path: 'Photos/2019', files: 2_004, bytes: 9_800_000_000 }, { path: 'Photos/2026', files: 1_310, bytes: 12_400_000_000 }, { path: 'Video', files: 61, bytes: 212_000_000_000 },
];
export const chosenFolders = (folder: string) => placeFolders.filter(({ path }) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '') === folder).map((one) => ({ ...one, name: one.path.slice(one.path.lastIndexOf('/') + 1), onDiskBytes: one.bytes, hasFolders: one.path === 'Photos' }));
const dryRun: Preview = { ...preview, uploads: 0, downloads: 0, same: 0, conflicts: 0, skipped: 0, localFiles: 0, remoteFiles: 0, bytesUp: 0, bytesDown: 0, examples: [] };
export const manyPreview: Preview = {
  ...dryRun, conflicts: 3, deletions: 2, skipped: 1,
  examples: [{ path: conflict.path, what: 'the other stays, this computer’s goes to the trash' }, { path: noteConflict.path, what: 'the other stays, this computer’s goes to the trash' }, { path: pictureConflict.path, what: 'left as it is: the rule can’t tell' }],
};
export const putBackPreview: Preview = {
  ...dryRun, uploads: 2, conflicts: 1, skipped: 1, bytesUp: 3_188_200,
  examples: [{ path: 'Plans/old plan.md', what: 'comes back' }, { path: 'Plans/Budget.xlsx', what: 'comes back over what the run put there; that goes to the trash' }, { path: '2019/Beach.jpg', what: 'changed since: comes back beside it, under a name of its own' }, { path: 'Scans/Invoice.pdf', what: 'the version before is no longer stored' }],
};

const priced = (amount: number | null) => ({ amount, source: amount === null ? '' : 'the provider’s page', date: amount === null ? '' : '2026-11-22' });
export const cost: Cost = {
  places: [
    { rootId: 'photos', side: 'warm', place: 'minio.home/photos', uses: [{ storageClass: 'STANDARD', files: 62_000, bytes: 120_300_000_000 }], month: 0, currency: 'USD', pricesDate: null, isEdited: false, isBucket: true, prices: { name: 'Your own server', currency: 'USD', storage: { STANDARD: { amount: 0, source: 'your own', date: '' } }, restore: {} } },
    { rootId: 'photos', side: 'cold', place: 's3.us-east-1.amazonaws.com/photos', uses: [{ storageClass: 'STANDARD_IA', files: 40_482, bytes: 88_000_000_000 }, { storageClass: 'DEEP_ARCHIVE', files: 18_000, bytes: 76_000_000_000 }], month: 1.1, currency: 'USD', pricesDate: '2026-11-22', isEdited: false, isBucket: true, prices: { name: 'Amazon S3, US East (N. Virginia)', currency: 'USD', storage: { STANDARD: priced(0.023), STANDARD_IA: priced(0.0125), DEEP_ARCHIVE: priced(0.00099) }, restore: {} } },
    { rootId: 'work', side: 'warm', place: 's3.example.org/work', uses: [{ storageClass: 'STANDARD', files: 8_420, bytes: 12_900_000_000 }], month: null, currency: null, pricesDate: null, isEdited: false, isBucket: true, prices: null },
  ],
};
const thawed = (path: string, over: Partial<ThawedFile>): ThawedFile => ({
  id: path, rootId: 'photos', path, sizeBytes: 940_000_000, storageClass: 'GLACIER', speed: 'standard', state: 'waiting', toDisk: true, price: 0.0135, askedAtMs: nowMs - hour, expectedFromMs: nowMs + 2 * hour, expectedToMs: nowMs + 4 * hour,
  readyAtMs: null, untilMs: null, reason: null, nextTryAtMs: null, ...over,
});
export const thaws: Thaws = {
  files: 5, comingFiles: 2, comingBytes: 1_880_000_000, price: 0.05, currency: 'USD',
  thaws: [
    thawed('Interview raw.wav', {}), thawed('2024 Summer in the Alps/A very long name that a camera application thought would be useful.mov', { speed: 'bulk', expectedToMs: nowMs - 1000, price: 0.004 }),
    thawed('Old tax 2011.zip', { state: 'here', readyAtMs: nowMs - hour, untilMs: nowMs + 6 * day, sizeBytes: 88_000_000, price: 0.0013 }),
    thawed('Scans/Deed.pdf', { state: 'failed', speed: 'expedited', price: 0.04, reason: { code: 'restore_too_urgent', sentence: 'The place has no room for so urgent a wish right now. Use Standard.' } }), thawed('2011/Film.mov', { state: 'over' }),
  ],
};
export const thawPlan: ThawPlan = {
  files: 14, bytes: 38_000_000_000, alreadyComing: 0, days: 7, byClass: { GLACIER: { files: 14, bytes: 38_000_000_000 } }, currency: 'USD', prices: 'Amazon S3, US East (N. Virginia)', pricesDate: '2026-11-22', examples: [],
  speeds: [{ speed: 'standard', price: 0.4, fromMs: 3 * hour, toMs: 5 * hour }, { speed: 'bulk', price: 0.1, fromMs: 5 * hour, toMs: 12 * hour }, { speed: 'expedited', price: 1.4, fromMs: minute, toMs: 5 * minute }],
};
export const migration: Migration = { moved: 12, copied: 0, failed: 0, left: 0, bytesUp: 1_940_000_000, requests: 60, ms: 12_000, isBusy: false };
export const tiers: Tiers = {
  cold: 's3.us-east-1.amazonaws.com/photos', nextRunAtMs: nowMs + 10 * hour, running: null, lastRun: { atMs: nowMs - 14 * hour, result: migration },
  settings: { rules: [{ name: 'Old films', folder: '', pattern: '*.mov', unusedDays: 180, atLeastBytes: 100_000_000, storageClass: 'DEEP_ARCHIVE' }], keepWarm: [], neverArchive: ['Scans'], deleteFromWarm: true, despiteFees: false, schedule: '0 0 * * *' },
};
export const tierPlan: TierPlan = {
  savesMonth: 1.1, currency: 'USD', copies: 1_204, drops: 1_204, bytesToCopy: 80_000_000_000, bytesFreedInWarm: 80_000_000_000, byClass: { DEEP_ARCHIVE: { files: 1_204, bytes: 80_000_000_000 } }, stays: { alreadyThere: 18_000, noRule: 101_278, pinned: 0, tooSmallForClass: 0, changedTooRecently: 0 },
  examples: [{ path: '2019/Wedding/Film 1.mov', sizeBytes: 4_100_000_000, rule: 'Old films', storageClass: 'DEEP_ARCHIVE', dropsWarm: true }, { path: '2019/Wedding/Film 2.mov', sizeBytes: 3_800_000_000, rule: 'Old films', storageClass: 'DEEP_ARCHIVE', dropsWarm: true }],
};
