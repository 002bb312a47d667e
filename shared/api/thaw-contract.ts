/** The commands about archives and money: bringing archived files back, and what storing them costs (rows B3, B4). */
import { z } from 'zod';
import { restoreSpeeds, thawStates } from '../model/thaw.ts';
import { row } from './contract-row.ts';
import { errorCodes, type ErrorCode } from './errors.ts';
import { priceTableSchema } from './prices.ts';

const count = z.number().int().nonnegative();
const bytes = z.number().nonnegative();
const timeMs = z.number();
const rootId = z.string().min(1).max(64);
const money = z.number().nonnegative().nullable();
const days = z.number().int().min(1).max(365).default(7);
const speed = z.enum(restoreSpeeds);
const paths = z.array(z.string().max(4096)).min(1).max(10_000);

const whySchema = z.object({ code: z.enum(errorCodes as [ErrorCode, ...ErrorCode[]]), sentence: z.string() });
/** One file on its way back. Prices are estimates; null where none is known. */
export const thawSchema = z.object({
  id: z.string(), rootId, path: z.string(), sizeBytes: bytes, storageClass: z.string(), speed, state: z.enum(thawStates), toDisk: z.boolean(),
  price: money, askedAtMs: timeMs, expectedFromMs: timeMs.nullable(), expectedToMs: timeMs.nullable(), readyAtMs: timeMs.nullable(), untilMs: timeMs.nullable(),
  reason: whySchema.nullable(), nextTryAtMs: timeMs.nullable(),
});
export const thawsSchema = z.object({
  thaws: z.array(thawSchema), files: count,
  /** Of those still on their way. */
  comingFiles: count, comingBytes: bytes, price: money, currency: z.string().nullable(),
});
/** What bringing back would cost and take at each speed; nothing is asked of the store. */
export const thawPlanSchema = z.object({
  files: count, bytes, alreadyComing: count, days: count,
  byClass: z.record(z.string(), z.object({ files: count, bytes })),
  /** From–to in ms; a speed that one of the classes does not have is not offered. */
  speeds: z.array(z.object({ speed, price: money, fromMs: timeMs, toMs: timeMs })),
  currency: z.string().nullable(), prices: z.string().nullable(), pricesDate: z.string().nullable(),
  examples: z.array(z.object({ path: z.string(), sizeBytes: bytes, storageClass: z.string() })),
});
const place = z.object({ rootId, side: z.enum(['warm', 'cold']) });
export const costSchema = z.object({
  places: z.array(z.object({
    rootId, side: z.enum(['warm', 'cold']), place: z.string(), uses: z.array(z.object({ storageClass: z.string(), files: count, bytes })),
    month: money, currency: z.string().nullable(), prices: priceTableSchema.nullable(), pricesDate: z.string().nullable(), isEdited: z.boolean(),
    /** It may have rules of its own. */
    isBucket: z.boolean(),
  })),
});

export const thawContract = {
  previewThaw: row('POST', '/roots/:rootId/thaw/preview', 'session', 'What bringing files back from the archive would cost and how long it takes; nothing is asked for.', z.object({ rootId, paths, days }), thawPlanSchema),
  startThaw: row('POST', '/roots/:rootId/thaw', 'owner', 'Brings files back from the archive.', z.object({ rootId, paths, speed: speed.default('standard'), days, toDisk: z.boolean().default(true) }), z.object({ files: count, bytes, alreadyComing: count, failed: count })),
  readThaws: row('GET', '/thaws', 'session', 'What is coming back from archives, newest first.', z.object({ limit: z.coerce.number().int().min(1).max(1000).default(200) }), thawsSchema),
  changeThaws: row('POST', '/thaws/change', 'owner', 'Cancels, tries again or keeps longer what comes back; the store itself stops no restore that has begun.', z.object({ ids: z.array(z.string().max(64)).min(1).max(10_000), act: z.enum(['cancel', 'again']), speed: speed.optional(), days: days.optional() }), z.object({ changed: count })),
  readCost: row('GET', '/cost', 'session', 'What storing costs a month in each place, as an estimate.', z.object({}).strict(), costSchema),
  writePrices: row('PUT', '/roots/:rootId/prices', 'owner', 'Enters the prices of a place, or takes up Strata’s own table again.', place.extend({ prices: priceTableSchema.nullable() }), z.object({ undo: z.string().nullable() })),
} as const;
