/** What storing and bringing back costs, by a table of prices; every figure is an estimate, and what no price is known of stays null. Pure. */
import { z } from 'zod';
import { priceTableSchema, type PriceTable } from '../../shared/api/prices.ts';
import { storageClasses, type StorageClass } from '../../shared/model/storage-classes.ts';
import type { RestoreSpeed } from '../sync/ports.ts';
import { isArchived } from '../sync/storage-class.ts';
import { classFacts } from './policy.ts';
import shippedJson from './prices.json' with { type: 'json' };

export const gbBytes = 1024 ** 3;
const monthDays = 30;
/** What an archived object carries beside its bytes: 32 KB billed as its class, 8 KB billed as STANDARD. */
const archiveOverheadBytes = 32 * 1024;
const standardOverheadBytes = 8 * 1024;

export interface ClassUse {
  /** As the store names it. */
  readonly storageClass: string;
  readonly files: number;
  readonly bytes: number;
}
const shipped = z.array(z.object({ provider: z.string(), region: z.string(), table: priceTableSchema })).parse(shippedJson);
/** A server or drive of one's own: nobody sends a bill per byte. */
export const ownTable: PriceTable = {
  name: 'Your own server', currency: 'USD',
  storage: Object.fromEntries(storageClasses.map((name) => [name, { amount: 0, source: 'your own', date: '' }])),
  restore: {},
};

/** The table of a place by its address; null when no prices are known of it (they can be entered). */
export function tableFor(address: string): PriceTable | null {
  if (address.startsWith('folder:')) return ownTable;
  const query = new URLSearchParams(address.includes('?') ? address.slice(address.indexOf('?') + 1) : '');
  const region = query.get('region') ?? 'us-east-1';
  const endpoint = query.get('endpoint');
  const host = endpoint === null ? 'amazonaws.com' : hostOf(endpoint);
  if (isOwnHost(host)) return ownTable;
  return shipped.find((one) => (host === one.provider || host.endsWith(`.${one.provider}`)) && region === one.region)?.table ?? null;
}
function hostOf(endpoint: string): string {
  try {
    return new URL(endpoint).hostname.replace(/^\[|\]$/g, '').toLowerCase();
  } catch {
    return '';
  }
}
/** Addresses that no provider can have: this computer, private networks, names without a public ending. */
function isOwnHost(host: string): boolean {
  if (host === '') return false;
  if (/^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)/.test(host) || host === '::1' || /^f[cd][0-9a-f]{2}:/.test(host)) return true;
  return !host.includes('.') && !host.includes(':') ? true : /\.(local|lan|home|internal|home\.arpa)$/.test(host);
}

/**
 * Per month: for each class GB × price of the class. Archived objects (GLACIER, DEEP_ARCHIVE) add 32 KB each at the price of their
 * class and 8 KB each at that of STANDARD. Null as soon as one price that is needed is unknown.
 */
export function monthCost(uses: readonly ClassUse[], table: PriceTable): number | null {
  let sum = 0;
  for (const use of uses) {
    if (use.files === 0 && use.bytes === 0) continue;
    const price = storagePrice(table, use.storageClass);
    if (price === null) return null;
    sum += (use.bytes / gbBytes) * price;
    if (!isArchived(use.storageClass)) continue;
    const standard = storagePrice(table, 'STANDARD');
    if (standard === null) return null;
    sum += ((use.files * archiveOverheadBytes) / gbBytes) * price + ((use.files * standardOverheadBytes) / gbBytes) * standard;
  }
  return sum;
}

/**
 * Once: GB × price per GB + objects / 1000 × price per thousand, and for the days that the copy stays readable GB × price of STANDARD ×
 * days / 30. What the network costs is not in it. Null as soon as one price is unknown; zero bytes and files cost nothing.
 */
export function restoreCost(uses: readonly ClassUse[], request: { readonly speed: RestoreSpeed; readonly days: number }, table: PriceTable): number | null {
  let sum = 0;
  for (const use of uses) {
    if (use.files === 0) continue;
    const prices = table.restore[use.storageClass as StorageClass]?.[request.speed];
    const standard = storagePrice(table, 'STANDARD');
    if (prices === undefined || prices.perGb.amount === null || prices.perThousand.amount === null || standard === null) return isFree(table) ? 0 : null;
    const gb = use.bytes / gbBytes;
    sum += gb * prices.perGb.amount + (use.files / 1000) * prices.perThousand.amount + (gb * standard * request.days) / monthDays;
  }
  return sum;
}

export interface StoredFile {
  readonly storageClass: string;
  readonly sizeBytes: number;
  /** Since when it lies there, ms; null: not known. */
  readonly storedMs: number | null;
}
const dayMs = 86_400_000;
/**
 * Once, for what leaves its class before the class's minimum stay is over: GB × price of the class × days left / 30, with the 32 KB that
 * an archived object carries. Null where a price, or since when a file lies there, is not known and it may matter.
 */
export function earlyLeaveCost(files: Iterable<StoredFile>, nowMs: number, table: PriceTable): number | null {
  let sum = 0;
  for (const file of files) {
    const leastDays = classFacts[file.storageClass as StorageClass]?.leastDays ?? 0;
    if (leastDays === 0) continue;
    const price = storagePrice(table, file.storageClass);
    if (isFree(table)) continue;
    if (file.storedMs === null || price === null) return null;
    const leftDays = Math.max(0, leastDays - (nowMs - file.storedMs) / dayMs);
    sum += ((file.sizeBytes + (isArchived(file.storageClass) ? archiveOverheadBytes : 0)) / gbBytes) * price * (leftDays / monthDays);
  }
  return sum;
}

export interface Stay {
  readonly uses: readonly ClassUse[];
  readonly table: PriceTable | null;
}
/** Per month: what no longer lies in the first place, less what lies in the second instead; below 0 it costs more. Null where a price is not known, or the two are billed in different money. */
export function monthSaving(leaves: Stay, comes: Stay): { readonly savesMonth: number | null; readonly currency: string | null } {
  const unknown = { savesMonth: null, currency: null };
  if (leaves.table === null || comes.table === null) return unknown;
  const paid = [leaves.table, comes.table].filter((table) => !isFree(table));
  if (new Set(paid.map((table) => table.currency)).size > 1) return unknown;
  const [before, after] = [monthCost(leaves.uses, leaves.table), monthCost(comes.uses, comes.table)];
  return { savesMonth: before === null || after === null ? null : before - after, currency: (paid[0] ?? comes.table).currency };
}

/** The oldest day on which one of the table's prices was read; null where none has a day. */
export function oldestDate(table: PriceTable): string | null {
  const dates = [...Object.values(table.storage).map((price) => price.date), ...Object.values(table.restore).flatMap((speeds) => Object.values(speeds ?? {}).flatMap((speed) => [speed.perGb.date, speed.perThousand.date]))];
  return dates.filter((date) => date !== '').sort()[0] ?? null;
}

function storagePrice(table: PriceTable, storageClass: string): number | null {
  return table.storage[storageClass as StorageClass]?.amount ?? null;
}
function isFree(table: PriceTable): boolean {
  return Object.values(table.storage).every((price) => price.amount === 0);
}
