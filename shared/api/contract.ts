/** Every command anyone can give the service (those of the hub stand in hub-contract.ts): name, who may, HTTP method and path, input and output. Routes, OpenAPI, client and checks come from it. */
import { z } from 'zod';
import { entryStates, fixes, headlineKinds, residencies, tiers } from '../model/states.ts';
import { storageClasses } from '../model/storage-classes.ts';
import { row } from './contract-row.ts';
import { errorCodes, type ErrorCode } from './errors.ts';
import { hubContract } from './hub-contract.ts';
import { sharingContract } from './sharing-contract.ts';
import { folderChoicesSchema, spaceContract } from './space-contract.ts';
import { thawContract, type costSchema, type thawPlanSchema, type thawSchema, type thawsSchema } from './thaw-contract.ts';

export type { CommandRow, Method, Who } from './contract-row.ts';

const count = z.number().int().nonnegative();
const bytes = z.number().nonnegative();
const timeMs = z.number();
const empty = z.object({}).strict();
const done = z.object({ undo: z.string().nullable() });
const rootId = z.string().min(1).max(64);

export const errorCodeSchema = z.enum(errorCodes as [ErrorCode, ...ErrorCode[]]);
/** Why something is not fine: the code, its blanks, the whole sentence, the button that fixes it, and the next try. */
export const reasonSchema = z.object({
  code: errorCodeSchema,
  context: z.record(z.string(), z.union([z.string(), z.number()])),
  sentence: z.string(),
  fix: z.enum(fixes).nullable(),
  nextTryAtMs: timeMs.nullable(),
});
export const errorAnswerSchema = z.object({ detail: z.string(), error_code: z.string() });

export const progressSchema = z.object({
  filesDone: count, filesTotal: count, bytesDone: bytes, bytesTotal: bytes,
  bytesPerSecond: bytes,
  /** Whole percent, floor, at most 99 until confirmed. */
  percent: z.number().min(0).max(100),
  /** Null until it can be trusted (5 s and 3 items). */
  secondsLeft: z.number().nullable(),
});
export const rootStatusSchema = z.object({
  id: rootId, name: z.string(), folder: z.string(), place: z.string(), placeKind: z.enum(['s3', 'folder']), libraryId: z.string().nullable(),
  kind: z.enum(headlineKinds), paused: z.boolean(), pausedUntilMs: timeMs.nullable(),
  reason: reasonSchema.nullable(), progress: progressSchema.nullable(),
  files: count, bytes, waiting: count, skipped: count, failed: count, conflicts: count, held: count,
  lastInStepAtMs: timeMs.nullable(),
});
/** Computed once, in the service; window, tray, phone and command line only print it. */
export const statusSchema = z.object({
  headline: z.object({ kind: z.enum(headlineKinds), text: z.string(), suffix: z.string().nullable() }),
  needsYou: count,
  progress: progressSchema.nullable(),
  roots: z.array(rootStatusSchema),
  nextTryAtMs: timeMs.nullable(),
  device: z.string(),
});
export const rowSchema = z.object({
  rank: count, key: z.string(), rootId, path: z.string(), name: z.string(), kind: z.enum(['file', 'folder']),
  state: z.enum(entryStates), percent: z.number().nullable(), reason: reasonSchema.nullable(),
  sizeBytes: bytes.nullable(), changedAtMs: timeMs.nullable(),
  residency: z.enum(residencies), tier: z.enum(tiers).nullable(),
});
export const viewQuerySchema = z.object({
  rootId: rootId.nullable(), folder: z.string().default(''),
  /** Search by name below the folder; empty shows the folder's own entries. */
  search: z.string().max(400).default(''),
  states: z.array(z.enum(entryStates)).default([]), tiers: z.array(z.enum(tiers)).default([]),
  sort: z.enum(['name', 'size', 'changed', 'state']).default('name'), descending: z.boolean().default(false),
});
export const transferSchema = z.object({
  id: z.string(), rootId, path: z.string(), direction: z.enum(['up', 'down', 'move']), sizeBytes: bytes, bytesDone: bytes,
  bytesPerSecond: bytes, secondsLeft: z.number().nullable(), startedAtMs: timeMs,
});
export const transfersSchema = z.object({
  progress: progressSchema.nullable(), running: z.array(transferSchema), queued: count, doneToday: count, bytesUpToday: bytes, bytesDownToday: bytes,
  /** Bytes per second, newest last, at most 60 values, one a second. */
  graph: z.object({ up: z.array(bytes), down: z.array(bytes) }),
  limits: z.object({ upBytesPerSecond: bytes, downBytesPerSecond: bytes }), lastChangeAtMs: timeMs.nullable(),
});
export const activityLineSchema = z.object({
  id: count, runId: z.string(), rootId, atMs: timeMs,
  kind: z.enum(['upload', 'download', 'deleteLocal', 'deleteRemote', 'moveLocal', 'moveRemote', 'keepBoth', 'adopt', 'forget', 'hold', 'problem', 'putBack', 'moveTier', 'evict']),
  path: z.string(), otherPath: z.string().nullable(), sizeBytes: bytes.nullable(), device: z.string().nullable(), note: z.string().nullable(),
});
export const runSchema = z.object({
  id: z.string(), rootId, startedAtMs: timeMs, endedAtMs: timeMs.nullable(), device: z.string(),
  uploaded: count, downloaded: count, deleted: count, moved: count, conflicts: count, failed: count, restored: count, bytesUp: bytes, bytesDown: bytes,
});
/** The one answer of every dry run: counts, bytes, examples; nothing is written. */
export const previewSchema = z.object({
  uploads: count, downloads: count, deletions: count, moves: count, same: count, conflicts: count, skipped: count,
  localFiles: count, remoteFiles: count, bytesUp: bytes, bytesDown: bytes,
  examples: z.array(z.object({ path: z.string(), what: z.string() })),
  reason: reasonSchema.nullable(),
});
export const holdSchema = z.object({
  id: z.string(), rootId, rootName: z.string(), kind: z.enum(['massDeletion', 'massOverwrite', 'archivedRename', 'rootMissing', 'rootChanged', 'libraryChanged', 'libraryBehind', 'listingIncomplete']),
  direction: z.enum(['here', 'there']).nullable(), rows: count, ofRows: count, examples: z.array(z.string()), sinceMs: timeMs,
  reason: reasonSchema,
  /** Identity and incomplete observations can't be approved away, only looked at again (rule 8). */
  canApprove: z.boolean(),
  /** Of archived files that are to get another name: what it takes to bring them back first. */
  backCost: z.object({ files: count, bytes, amount: z.number().nullable(), /** Within the amount: for leaving the archive before its minimum stay is over. */ fee: z.number().nullable(), currency: z.string().nullable(), fromMs: timeMs, toMs: timeMs }).nullable(),
});
export const conflictSchema = z.object({
  id: z.string(), rootId, path: z.string(), copyPath: z.string(), device: z.string().nullable(), atMs: timeMs,
  /** The copy holds this computer's edit; otherwise this computer's is the one at the path. */
  copyHere: z.boolean(),
  sizeBytes: bytes.nullable(), copySizeBytes: bytes.nullable(), changedAtMs: timeMs.nullable(), copyChangedAtMs: timeMs.nullable(),
});
const conflictSideSchema = z.object({
  /** Of the row, for a ticket to its content; null for the version before, which has none. */
  key: z.string().nullable(),
  sizeBytes: bytes, changedAtMs: timeMs.nullable(), device: z.string().nullable(), sha256: z.string().nullable(),
  /** Of a text that is not too long to compare. */
  text: z.string().nullable(),
});
/** One conflict laid open: what both edits began from (where a trash still has it), this computer's, the other's. */
export const conflictSidesSchema = z.object({ conflict: conflictSchema, previewKind: z.enum(['image', 'text', 'pdf', 'none']), base: conflictSideSchema.nullable(), mine: conflictSideSchema.nullable(), theirs: conflictSideSchema.nullable() });
export const conflictRuleSchema = z.object({
  rule: z.enum(['newest', 'largest', 'mine', 'theirs', 'both']), rootId: rootId.optional(),
  /** Only conflicts below this folder; empty means all. */
  folder: z.string().default(''),
});
export const problemSchema = z.object({ rootId, key: z.string(), path: z.string(), state: z.enum(['cantSync', 'tryingAgain', 'skipped']), reason: reasonSchema, attempts: count });
export const needsYouSchema = z.object({ holds: z.array(holdSchema), conflicts: z.array(conflictSchema), problems: z.array(problemSchema), conflictCount: count, problemCount: count });

export const keysSchema = z.object({ accessKeyId: z.string().min(1).max(256), secretAccessKey: z.string().min(1).max(256), sessionToken: z.string().max(4096).optional() });
export const placeSchema = z.object({
  /** STORE of the command line: `s3://bucket/prefix?endpoint=…` or `folder:/path`. Never holds keys. */
  address: z.string().min(1).max(2048),
  keys: keysSchema.optional(),
  /** PEM text of a certificate to trust for this place. */
  trustedCertificate: z.string().max(20_000).optional(),
});
/** What a server shows; trusting it means to give `pem` as `trustedCertificate`. `fingerprint` is SHA-256, pairs of hexadecimal digits with colons. */
export const certificateSchema = z.object({ pem: z.string(), fingerprint: z.string(), issuedTo: z.string(), issuedBy: z.string(), validUntilMs: timeMs });
const checkSchema = z.object({ check: z.string(), outcome: z.enum(['ok', 'warning', 'problem', 'notTried']), sentence: z.string(), reason: reasonSchema.nullable() });
export const doctorSchema = z.object({ place: z.string(), usable: z.boolean(), checks: z.array(checkSchema) });
export const settingsSchema = z.object({
  deviceName: z.string().min(1).max(60),
  theme: z.enum(['system', 'light', 'dark']),
  upBytesPerSecond: bytes, downBytesPerSecond: bytes, concurrency: z.number().int().min(1).max(128),
  notifyNeedsYou: z.boolean(), notifyBackFromArchive: z.boolean(), notifyJobDone: z.boolean(), notifyUnreachable: z.boolean(),
  openAtLogin: z.boolean(), trashDays: z.number().int().min(1).max(3650), language: z.enum(['en']),
});
export const entryDetailsSchema = z.object({
  row: rowSchema, diskPath: z.string().nullable(), remoteKey: z.string().nullable(), place: z.string(), sha256: z.string().nullable(),
  onDisk: z.object({ sizeBytes: bytes, changedAtMs: timeMs }).nullable(), inPlace: z.object({ sizeBytes: bytes, etag: z.string(), storageClass: z.string(), versionId: z.string().nullable() }).nullable(),
  /** What the cold store holds of it, be it the file itself or a copy behind the warm one; `isThisVersion`: verified to be the same content. */
  coldCopy: z.object({ sizeBytes: bytes, sinceMs: timeMs, isThisVersion: z.boolean() }).nullable(),
  history: z.array(activityLineSchema), previewKind: z.enum(['image', 'text', 'pdf', 'none']),
});
export const storageSchema = z.object({ places: z.array(z.object({ rootId, place: z.string(), files: count, bytes, tiers: z.array(z.object({ tier: z.enum(tiers), files: count, bytes })), onDiskFiles: count, onDiskBytes: bytes, requestsToday: count, topFolders: z.array(z.object({ folder: z.string(), files: count, bytes })) })), trashBytes: bytes });
const libraryPath = z.string().max(4096);
/** Which files belong into the cold store. The first rule that fits decides. */
export const tierRuleSchema = z.object({
  name: z.string().min(1).max(60), folder: libraryPath.default(''),
  /** `*` and `?` within a name, `**` across folders; null is every file. */
  pattern: z.string().min(1).max(400).nullable().default(null),
  /** Days since it was last opened or changed. */
  unusedDays: z.number().int().min(0).max(36_500).default(0), atLeastBytes: bytes.default(0), storageClass: z.enum(storageClasses).nullable().default(null),
});
export const tierSettingsSchema = z.object({
  rules: z.array(tierRuleSchema).max(100), keepWarm: z.array(libraryPath).max(10_000),
  /** Files, or folders with all below, that never go to a class that must be brought back first. */
  neverArchive: z.array(libraryPath).max(10_000), deleteFromWarm: z.boolean(), despiteFees: z.boolean(),
  /** Five cron fields in local time; null is never by itself. */
  schedule: z.string().min(9).max(100).nullable(),
});
export const tierPlanSchema = z.object({
  copies: count, drops: count, bytesToCopy: bytes, bytesFreedInWarm: bytes, byClass: z.record(z.string(), z.object({ files: count, bytes })),
  stays: z.object({ alreadyThere: count, noRule: count, pinned: count, tooSmallForClass: count, changedTooRecently: count }),
  /** An estimate; less than 0 costs more. Null where a price is not known. */
  savesMonth: z.number().nullable(), currency: z.string().nullable(),
  examples: z.array(z.object({ path: z.string(), sizeBytes: bytes, rule: z.string(), storageClass: z.string().nullable(), dropsWarm: z.boolean() })),
});
export const migrationSchema = z.object({
  /** Now only in the cold store; now in both; failed after its tries; changed meanwhile and left for the next run. */
  moved: count, copied: count, failed: count, left: count, bytesUp: bytes, requests: count, ms: count,
  /** Another device migrates right now: nothing was done. */
  isBusy: z.boolean(),
});
export const tiersSchema = z.object({
  cold: z.string().nullable(), settings: tierSettingsSchema, nextRunAtMs: timeMs.nullable(),
  running: z.object({ done: count, failed: count, bytes }).nullable(), lastRun: z.object({ atMs: timeMs, result: migrationSchema }).nullable(),
});
/** What was taken off this disk or brought back, and what stayed as it was. */
export const residencySchema = z.object({ files: count, bytes, left: z.array(z.object({ path: z.string(), reason: reasonSchema })) });
const somePaths = z.object({ rootId, paths: z.array(libraryPath).min(1).max(10_000) });
export const syncSummarySchema = z.object({ uploaded: count, downloaded: count, deleted: count, moved: count, conflicts: count, failed: count, held: count, skipped: count, bytesUp: bytes, bytesDown: bytes, requests: count, ms: count });

/** GET takes its input from the path and the query, the others from the path and a JSON body. Paths are below `/api/v1` (and `/api`). */
export const contract = {
  hello: row('GET', '/hello', 'anyone', 'Proves that this service holds the data dir’s token (rule 41).', z.object({ nonce: z.string().min(16).max(128) }), z.object({ proof: z.string(), product: z.literal('strata'), version: z.string(), epoch: z.string() })),
  health: row('GET', '/health', 'anyone', 'Whether the service is well.', empty, z.object({ status: z.enum(['healthy', 'unhealthy']), timestamp: z.string(), services: z.record(z.string(), z.string()) })),
  exchangeCode: row('POST', '/session/exchange', 'anyone', 'Exchanges a one-time code for a bearer.', z.object({ code: z.string().min(16).max(128) }), z.object({ token: z.string() })),
  makeCode: row('POST', '/session/code', 'owner', 'Makes a one-time code (60 s) with which a browser opens.', empty, z.object({ code: z.string() })),
  readStatus: row('GET', '/status', 'session', 'How everything is doing.', empty, statusSchema),
  readDefaults: row('GET', '/defaults', 'owner', 'What the first-run screen proposes; nothing is written.', empty, z.object({ folder: z.string(), address: z.string(), device: z.string() })),
  browseFolders: row('GET', '/folders/browse', 'owner', 'Folders of this computer, to choose one.', z.object({ folder: z.string().default('') }), z.object({ folder: z.string(), parent: z.string().nullable(), folders: z.array(z.string()) })),
  checkFolder: row('POST', '/folders/check', 'owner', 'The checks before a folder is synced.', z.object({ folder: z.string().min(1) }), z.object({ usable: z.boolean(), checks: z.array(checkSchema) })),
  testPlace: row('POST', '/places/test', 'owner', 'Connects to a place and tries what is needed, in plain words.', placeSchema, doctorSchema),
  readCertificate: row('POST', '/places/certificate', 'owner', 'The certificate that a place shows, to be compared and trusted.', placeSchema.pick({ address: true }), certificateSchema),
  makeBucket: row('POST', '/places/bucket', 'owner', 'Makes the bucket of a place where there is none, then tries the place.', placeSchema, doctorSchema),
  previewRoot: row('POST', '/roots/preview', 'owner', 'What a first sync would do, and the largest folders of the place; nothing is written.', z.object({ folder: z.string().min(1), place: placeSchema }), previewSchema.extend({ folders: z.array(z.object({ path: z.string(), files: count, bytes })) })),
  addRoot: row('POST', '/roots', 'owner', 'Starts keeping a folder in step with a place.', z.object({ folder: z.string().min(1), place: placeSchema, cold: placeSchema.optional(), name: z.string().max(60).optional(), device: z.string().max(60).optional(), choices: folderChoicesSchema.optional() }), rootStatusSchema),
  removeRoot: row('DELETE', '/roots/:rootId', 'owner', 'Stops syncing a folder; no file is touched on either side.', z.object({ rootId }), done),
  changeKeys: row('PUT', '/roots/:rootId/keys', 'owner', 'Gives new keys for a place.', z.object({ rootId, keys: keysSchema }), done),
  pauseRoot: row('POST', '/roots/:rootId/pause', 'owner', 'Pauses one folder.', z.object({ rootId, untilMs: timeMs.nullable().default(null) }), done),
  resumeRoot: row('POST', '/roots/:rootId/resume', 'owner', 'Goes on with one folder.', z.object({ rootId }), done),
  pause: row('POST', '/sync/pause', 'owner', 'Pauses everything.', z.object({ untilMs: timeMs.nullable().default(null) }), done),
  resume: row('POST', '/sync/resume', 'owner', 'Goes on with everything.', empty, done),
  syncNow: row('POST', '/sync/now', 'owner', 'Looks at everything now; one folder if named.', z.object({ rootId: rootId.optional() }), done),
  syncOnce: row('POST', '/sync/once', 'owner', 'Works until both sides agree, then answers.', z.object({ folder: z.string(), place: placeSchema, cold: placeSchema.optional(), device: z.string().max(60).optional(), choices: folderChoicesSchema.optional(), approveCounts: z.boolean().default(false) }), z.object({ summary: syncSummarySchema, reasons: z.array(z.string()), inStep: z.boolean() })),
  lookAgain: row('POST', '/roots/:rootId/look-again', 'owner', 'Looks again after a missing or changed folder or place.', z.object({ rootId }), done),
  pairAgain: row('POST', '/roots/:rootId/pair-again', 'owner', 'Pairs a folder and a place anew: a merge that deletes nothing.', z.object({ rootId, folder: z.string().optional() }), done),
  openView: row('POST', '/views', 'session', 'Opens a list of entries; it lives 5 minutes after its last use.', viewQuerySchema, z.object({ viewId: z.string(), count })),
  readRows: row('GET', '/views/:viewId/rows', 'session', 'Rows of a view by rank.', z.object({ viewId: z.string(), from: z.coerce.number().int().nonnegative(), to: z.coerce.number().int().nonnegative() }), z.object({ count, rows: z.array(rowSchema) })),
  findInView: row('GET', '/views/:viewId/find', 'session', 'Rank of the first name that begins so (type-ahead).', z.object({ viewId: z.string(), prefix: z.string().min(1).max(255), after: z.coerce.number().int().default(-1) }), z.object({ rank: count.nullable() })),
  closeView: row('DELETE', '/views/:viewId', 'session', 'Closes a view.', z.object({ viewId: z.string() }), done),
  readFolders: row('GET', '/roots/:rootId/folders', 'session', 'Child folders, for the tree.', z.object({ rootId, folder: z.string().default('') }), z.object({ folders: z.array(z.object({ path: z.string(), name: z.string(), hasFolders: z.boolean() })) })),
  readEntry: row('GET', '/roots/:rootId/entry', 'session', 'All about one entry.', z.object({ rootId, key: z.string().min(1) }), entryDetailsSchema),
  makeTicket: row('POST', '/roots/:rootId/ticket', 'session', 'A URL for one entry’s content, for 5 minutes (rule 43).', z.object({ rootId, key: z.string().min(1), purpose: z.enum(['preview', 'download']) }), z.object({ url: z.string() })),
  retryEntry: row('POST', '/roots/:rootId/retry', 'owner', 'Tries an entry (or all) again now.', z.object({ rootId, key: z.string().optional() }), done),
  readTransfers: row('GET', '/transfers', 'session', 'What is moving.', empty, transfersSchema),
  readRuns: row('GET', '/activity/runs', 'session', 'Runs, newest first.', z.object({ before: z.string().optional(), rootId: rootId.optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }), z.object({ runs: z.array(runSchema), next_cursor: z.string().nullable() })),
  readLines: row('GET', '/activity/lines', 'session', 'Lines of activity, newest first.', z.object({ runId: z.string().optional(), rootId: rootId.optional(), kind: activityLineSchema.shape.kind.optional(), path: z.string().optional(), before: z.coerce.number().int().optional(), limit: z.coerce.number().int().min(1).max(1000).default(200) }), z.object({ lines: z.array(activityLineSchema), next_cursor: z.string().nullable() })),
  readNeedsYou: row('GET', '/needs-you', 'session', 'Everything that waits for the user.', empty, needsYouSchema),
  readHoldRows: row('GET', '/holds/:holdId/rows', 'session', 'The exact rows of a hold, by page.', z.object({ holdId: z.string(), after: z.string().default(''), limit: z.coerce.number().int().min(1).max(1000).default(200) }), z.object({ paths: z.array(z.string()), next_cursor: z.string().nullable() })),
  approveHold: row('POST', '/holds/:holdId/approve', 'owner', 'Agrees to exactly the rows of a hold.', z.object({ holdId: z.string() }), done),
  refuseHold: row('POST', '/holds/:holdId/refuse', 'owner', 'Keeps the files: the rows merge instead.', z.object({ holdId: z.string() }), done),
  resolveConflict: row('POST', '/conflicts/resolve', 'owner', 'Settles a conflict.', z.object({ rootId, path: z.string(), keep: z.enum(['mine', 'theirs', 'both']) }), done),
  readConflict: row('GET', '/conflicts/:conflictId', 'session', 'Both sides of a conflict, and what they began from where it is still stored.', z.object({ conflictId: z.string() }), conflictSidesSchema),
  previewConflicts: row('POST', '/conflicts/preview', 'session', 'What a rule would do with many conflicts; nothing is changed.', conflictRuleSchema, previewSchema),
  resolveConflicts: row('POST', '/conflicts/resolve-many', 'owner', 'Settles many conflicts by a rule; refused when there are not as many as the preview said.', conflictRuleSchema.extend({ expected: count }), z.object({ undo: z.string().nullable(), settled: count, left: count })),
  previewPutBack: row('POST', '/activity/runs/:runId/preview', 'session', 'What putting back a run would do; nothing is changed.', z.object({ runId: z.string() }), previewSchema),
  putBack: row('POST', '/activity/runs/:runId/put-back', 'owner', 'Brings back what a run deleted or replaced; that is a run of its own.', z.object({ runId: z.string() }), z.object({ undo: z.string().nullable(), runId: z.string(), restored: count, beside: count, left: count })),
  undo: row('POST', '/undo', 'owner', 'Takes back what a command did, by the token it gave.', z.object({ undo: z.string() }), done),
  readSettings: row('GET', '/settings', 'owner', 'All settings.', empty, settingsSchema),
  writeSettings: row('PUT', '/settings', 'owner', 'Changes settings; the answer can be undone.', settingsSchema.partial(), z.object({ settings: settingsSchema, undo: z.string().nullable() })),
  readDoctor: row('GET', '/roots/:rootId/doctor', 'owner', 'What this folder’s place can and can’t do.', z.object({ rootId }), doctorSchema),
  readStorage: row('GET', '/storage', 'session', 'Bytes per place.', empty, storageSchema),
  readAbout: row('GET', '/about', 'session', 'Version and licence.', empty, z.object({ version: z.string(), licence: z.string(), node: z.string(), dataDir: z.string(), electron: z.string().nullable() })),
  makeReport: row('POST', '/report', 'owner', 'A redacted report for whoever helps.', empty, z.object({ name: z.string(), text: z.string() })),
  reveal: row('POST', '/roots/:rootId/reveal', 'owner', 'Shows an entry in this computer’s file manager, or opens it.', z.object({ rootId, key: z.string(), act: z.enum(['reveal', 'open']) }), done),
  verify: row('POST', '/roots/verify', 'owner', 'Every difference between disk, records and place.', z.object({ folder: z.string(), deep: z.boolean().default(false) }), z.object({ differences: z.array(z.object({ path: z.string(), what: z.string() })), checked: count })),
  readTiers: row('GET', '/roots/:rootId/tiers', 'session', 'The cold store of a folder, its rules, and how migration goes.', z.object({ rootId }), tiersSchema),
  writeTiers: row('PUT', '/roots/:rootId/tiers', 'owner', 'Changes the rules of what moves to the cold store.', z.object({ rootId, settings: tierSettingsSchema.partial() }), tiersSchema),
  previewTiers: row('POST', '/roots/:rootId/tiers/preview', 'owner', 'What a migration would move; nothing is written.', z.object({ rootId, settings: tierSettingsSchema.partial().optional() }), tierPlanSchema),
  runTiers: row('POST', '/roots/:rootId/tiers/run', 'owner', 'Migrates now.', z.object({ rootId }), migrationSchema),
  evict: row('POST', '/roots/:rootId/evict', 'owner', 'Frees up space: takes files off this computer that the place holds.', somePaths, residencySchema),
  fetchEntries: row('POST', '/roots/:rootId/fetch', 'owner', 'Brings files back onto this computer, at once.', somePaths, residencySchema),
  pin: row('POST', '/roots/:rootId/pin', 'owner', 'Keeps files on this computer, or lets them go again.', somePaths.extend({ pinned: z.boolean() }), residencySchema),
  powerChanged: row('POST', '/power', 'owner', 'The shell tells of sleep and waking.', z.object({ event: z.enum(['suspend', 'resume']) }), done),
  stopService: row('POST', '/stop', 'owner', 'Ends the service cleanly.', empty, done),
  ...thawContract,
  ...spaceContract,
  ...sharingContract,
  ...hubContract,
} as const;

export type Contract = typeof contract;
export type CommandName = keyof Contract;
export type InputOf<N extends CommandName> = z.output<Contract[N]['input']>;
/** What a caller may leave out is optional here. */
export type CallInputOf<N extends CommandName> = z.input<Contract[N]['input']>;
export type OutputOf<N extends CommandName> = z.output<Contract[N]['output']>;
export type Status = z.output<typeof statusSchema>;
export type RootStatus = z.output<typeof rootStatusSchema>;
export type Reason = z.output<typeof reasonSchema>;
export type Progress = z.output<typeof progressSchema>;
export type Row = z.output<typeof rowSchema>;
export type ViewQuery = z.output<typeof viewQuerySchema>;
export type Transfers = z.output<typeof transfersSchema>;
export type Transfer = z.output<typeof transferSchema>;
export type ActivityLine = z.output<typeof activityLineSchema>;
export type Run = z.output<typeof runSchema>;
export type Preview = z.output<typeof previewSchema>;
export type Hold = z.output<typeof holdSchema>;
export type Conflict = z.output<typeof conflictSchema>;
export type ConflictSides = z.output<typeof conflictSidesSchema>;
export type ConflictRule = z.output<typeof conflictRuleSchema>;
export type Problem = z.output<typeof problemSchema>;
export type NeedsYou = z.output<typeof needsYouSchema>;
export type Doctor = z.output<typeof doctorSchema>;
export type ShownCertificate = z.output<typeof certificateSchema>;
export type Settings = z.output<typeof settingsSchema>;
export type EntryDetails = z.output<typeof entryDetailsSchema>;
export type Storage = z.output<typeof storageSchema>;
export type TierSettings = z.output<typeof tierSettingsSchema>;
export type TierPlan = z.output<typeof tierPlanSchema>;
export type Migration = z.output<typeof migrationSchema>;
export type Tiers = z.output<typeof tiersSchema>;
export type ThawPlan = z.output<typeof thawPlanSchema>;
export type ThawedFile = z.output<typeof thawSchema>;
export type Thaws = z.output<typeof thawsSchema>;
export type Cost = z.output<typeof costSchema>;
export type ResidencyChange = z.output<typeof residencySchema>;
export type SyncSummary = z.output<typeof syncSummarySchema>;
