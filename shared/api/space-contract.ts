/** The commands about room on this computer: which folders are kept here, and what leaves by itself. */
import { z } from 'zod';
import { tiers } from '../model/states.ts';
import { storageClasses } from '../model/storage-classes.ts';
import { row } from './contract-row.ts';
import { errorCodes, type ErrorCode } from './errors.ts';

const count = z.number().int().nonnegative();
const bytes = z.number().nonnegative();
const rootId = z.string().min(1).max(64);
const libraryPath = z.string().max(4096);

/** `folder` '' is the whole library; the nearest choice above a path decides, and without one everything is here. */
export const folderChoicesSchema = z.array(z.object({ folder: libraryPath, here: z.boolean() })).max(10_000);
/** One folder of the library with all below it. */
export const folderSizeSchema = z.object({ path: z.string(), name: z.string(), files: count, bytes, onDiskBytes: bytes, hasFolders: z.boolean() });
const leftSchema = z.array(z.object({ path: z.string(), code: z.enum(errorCodes as [ErrorCode, ...ErrorCode[]]), sentence: z.string() }));

const side = z.enum(['warm', 'cold']);
const days = z.number().int().min(1).max(36_500);
/** What Strata may write into a bucket; null takes its rule away. */
export const ownLifecycleSchema = z.object({ archive: z.object({ folder: libraryPath, afterDays: days, storageClass: z.enum(storageClasses) }).nullable(), abortUploadsAfterDays: days.nullable() });
const lifecycleSchema = z.object({
  place: z.string(), rules: z.array(z.object({
    id: z.string(), isEnabled: z.boolean(), isOurs: z.boolean(), prefix: z.string(), byTags: z.boolean(), overBytes: bytes.nullable(), underBytes: bytes.nullable(),
    moves: z.array(z.object({ afterDays: z.number().nullable(), onDate: z.string().nullable(), storageClass: z.string() })),
    deletesAfterDays: z.number().nullable(), deletesOnDate: z.string().nullable(), oldVersionsGoAfterDays: z.number().nullable(), abortsUploadsAfterDays: z.number().nullable(),
    /** Files of this library that it is about, and how many of them are old enough now; null when it is about others. */
    touches: z.object({ folder: z.string(), files: count, bytes, dueFiles: count, dueBytes: bytes }).nullable(),
  })),
  own: ownLifecycleSchema,
  /** Of the rules as they are: a change is refused when they are others by then. */
  version: z.string(),
});

/** Null = that rule is off. */
export const roomRulesSchema = z.object({ unusedDays: z.number().int().min(1).max(36_500).nullable(), keepFreeBytes: bytes.nullable() });
const roomSchema = z.object({
  rules: roomRulesSchema, freeBytes: bytes.nullable(),
  /** What the rules took off this computer last. */
  last: z.object({ atMs: z.number(), files: count, bytes }).nullable(),
});

export const spaceContract = {
  readChosen: row('GET', '/roots/:rootId/chosen', 'session', 'Which folders this computer keeps, and the folders in one with their sizes.', z.object({ rootId, folder: libraryPath.default('') }), z.object({
    choices: folderChoicesSchema,
    /** Something that is not chosen is still on its way off this computer. */
    isLeaving: z.boolean(),
    folders: z.array(folderSizeSchema),
  })),
  previewChosen: row('POST', '/roots/:rootId/chosen/preview', 'session', 'What another choice of folders would take off this computer and bring down; nothing is changed.', z.object({ rootId, choices: folderChoicesSchema }), z.object({ leaveFiles: count, leaveBytes: bytes, comeFiles: count, comeBytes: bytes })),
  writeChosen: row('PUT', '/roots/:rootId/chosen', 'owner', 'Chooses the folders that this computer keeps; the others are online-only, and nothing is deleted anywhere. With `wait` it answers when what leaves has left.', z.object({ rootId, choices: folderChoicesSchema, wait: z.boolean().default(false) }), z.object({
    undo: z.string().nullable(), files: count, bytes, left: leftSchema, isLeaving: z.boolean(),
  })),
  readRoom: row('GET', '/roots/:rootId/room', 'session', 'What leaves this computer by itself, and how much room is free.', z.object({ rootId }), roomSchema),
  previewRoom: row('POST', '/roots/:rootId/room/preview', 'session', 'What these rules would take off this computer now; nothing is changed.', z.object({ rootId, rules: roomRulesSchema }), z.object({
    unusedFiles: count, unusedBytes: bytes,
    /** Beside those, because the disk is too full. */
    fullFiles: count, fullBytes: bytes,
    /** Room that is missing all the same. */
    missingBytes: bytes,
    examples: z.array(z.object({ path: z.string(), sizeBytes: bytes, usedMs: z.number() })),
  })),
  writeRoom: row('PUT', '/roots/:rootId/room', 'owner', 'Sets what leaves this computer by itself; only what the place holds goes, and pinned files stay.', z.object({ rootId, rules: roomRulesSchema }), roomSchema.extend({ undo: z.string().nullable() })),
  readMap: row('GET', '/roots/:rootId/map', 'session', 'Folders of a library by what lies directly in them, the largest first, for a picture.', z.object({ rootId }), z.object({
    folders: z.array(z.object({ folder: z.string(), files: count, bytes, layer: z.enum(['disk', ...tiers]) })), otherFiles: count, otherBytes: bytes,
  })),
  readLifecycle: row('GET', '/roots/:rootId/lifecycle', 'owner', 'The rules that a bucket carries out by itself, and which files of this library they touch.', z.object({ rootId, side: side.default('warm') }), lifecycleSchema),
  writeLifecycle: row('PUT', '/roots/:rootId/lifecycle', 'owner', 'Writes Strata’s own rules into a bucket; all others stay exactly as they are.', z.object({ rootId, side: side.default('warm'), own: ownLifecycleSchema, version: z.string() }), lifecycleSchema),
} as const;
