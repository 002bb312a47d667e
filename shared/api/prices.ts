/** What a table of prices looks like: each price with where it was read and when, so that it can be checked and changed; an unknown one is null. */
import { z } from 'zod';
import { storageClasses } from '../model/storage-classes.ts';
import { restoreSpeeds } from '../model/thaw.ts';

export const priceSchema = z.object({
  /** In the table's currency; null: nobody has looked it up. */
  amount: z.number().nonnegative().nullable(),
  source: z.string().max(400),
  /** The day it was read, like 2026-11-22; empty while it is unknown. */
  date: z.string().regex(/^(\d{4}-\d{2}-\d{2})?$/),
});
const restorePriceSchema = z.object({ perGb: priceSchema, perThousand: priceSchema });
export const priceTableSchema = z.object({
  name: z.string().min(1).max(100),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Of one GB (1,073,741,824 bytes) for a month, by storage class. */
  storage: z.partialRecord(z.enum(storageClasses), priceSchema),
  /** Of bringing back what is archived, by class and speed: per GB and per thousand objects. A speed that is not named does not exist. */
  restore: z.partialRecord(z.enum(storageClasses), z.partialRecord(z.enum(restoreSpeeds), restorePriceSchema)),
});
export type Price = z.output<typeof priceSchema>;
export type PriceTable = z.output<typeof priceTableSchema>;
