/** Costs as a table: formulas by hand, what is unknown stays unknown, and every shipped price says where and when it was read. */
import { describe, expect, it } from 'vitest';
import { earlyLeaveCost, gbBytes, monthCost, monthSaving, oldestDate, ownTable, restoreCost, tableFor, type ClassUse } from './cost.ts';

const amazon = tableFor('s3://family?region=us-east-1');
if (amazon === null) throw new Error('no table');
const use = (storageClass: string, files: number, gb: number): ClassUse => ({ storageClass, files, bytes: gb * gbBytes });

describe('which table a place has', () => {
  it.each([
    ['folder:/media/drive', 'Your own server'], ['s3://b?endpoint=http://127.0.0.1:9000', 'Your own server'], ['s3://b?endpoint=http://nas:9000', 'Your own server'],
    ['s3://b?endpoint=https://minio.home', 'Your own server'], ['s3://b?endpoint=http://192.168.1.4:9000', 'Your own server'], ['s3://b?endpoint=http://172.20.0.2', 'Your own server'],
    ['s3://b', 'Amazon S3, US East (N. Virginia)'], ['s3://b?endpoint=https://s3.us-east-1.amazonaws.com&region=us-east-1', 'Amazon S3, US East (N. Virginia)'],
    ['s3://b?region=eu-central-1', null], ['s3://b?endpoint=https://s3.example.org', null], ['s3://b?endpoint=https://amazonaws.com.example.org', null], ['s3://b?endpoint=http://172.32.0.2', null], ['s3://b?endpoint=nonsense', null],
  ])('%s: %s', (address, name) => expect(tableFor(address)?.name ?? null).toBe(name));
});

describe('a month', () => {
  it.each([
    ['nothing', [], 0],
    ['1000 GB in STANDARD', [use('STANDARD', 10, 1000)], 23],
    ['two classes', [use('STANDARD', 1, 100), use('GLACIER_IR', 1, 100)], 2.3 + 0.4],
    ['a million archived objects carry 32 and 8 KB each', [use('DEEP_ARCHIVE', 1_048_576, 0)], 32 * 0.00099 + 8 * 0.023],
    ['a class without a price', [use('STANDARD', 1, 1), use('INTELLIGENT_TIERING', 1, 1)], null],
    ['a class nobody knows', [use('EXPRESS_ONEZONE', 1, 1)], null],
    ['a class without a price that holds nothing', [use('INTELLIGENT_TIERING', 0, 0)], 0],
  ] as const)('%s', (_, uses, expected) => (expected === null ? expect(monthCost(uses, amazon)).toBeNull() : expect(monthCost(uses, amazon)).toBeCloseTo(expected, 6)));
  it('one’s own server costs nothing per byte', () => expect(monthCost([use('STANDARD', 5, 900), use('GLACIER', 5, 900)], ownTable)).toBe(0));
  it('what moving saves', () => {
    const saving = (from: typeof amazon | null, to: typeof amazon | null, storageClass: string) => monthSaving({ uses: [use('STANDARD', 1, 1000)], table: from }, { uses: [use(storageClass, 1, 1000)], table: to });
    expect(saving(amazon, amazon, 'GLACIER_IR').savesMonth).toBeCloseTo(19, 6);
    expect(saving(ownTable, amazon, 'STANDARD').savesMonth).toBeCloseTo(-23, 6);
    expect(saving(ownTable, { ...amazon, currency: 'EUR' }, 'STANDARD').currency).toBe('EUR');
    expect([saving(null, amazon, 'STANDARD'), saving(amazon, null, 'STANDARD'), saving(amazon, { ...amazon, currency: 'EUR' }, 'STANDARD')]).toEqual(Array.from({ length: 3 }, () => ({ savesMonth: null, currency: null })));
    expect(saving(amazon, amazon, 'INTELLIGENT_TIERING').savesMonth).toBeNull();
  });
});

describe('bringing back', () => {
  it.each([
    ['standard', 'GLACIER', 100 * 0.01 + 2 * 0.05 + (100 * 0.023 * 7) / 30], ['bulk', 'GLACIER', (100 * 0.023 * 7) / 30], ['expedited', 'GLACIER', 100 * 0.03 + 2 * 10 + (100 * 0.023 * 7) / 30],
    ['standard', 'DEEP_ARCHIVE', 100 * 0.02 + 2 * 0.1 + (100 * 0.023 * 7) / 30], ['bulk', 'DEEP_ARCHIVE', 100 * 0.0025 + 2 * 0.025 + (100 * 0.023 * 7) / 30],
  ] as const)('%s from %s', (speed, storageClass, expected) => expect(restoreCost([use(storageClass, 2000, 100)], { speed, days: 7 }, amazon)).toBeCloseTo(expected, 6));
  it('a speed that a class does not have has no price', () => expect(restoreCost([use('DEEP_ARCHIVE', 1, 1)], { speed: 'expedited', days: 7 }, amazon)).toBeNull());
  it('one unknown price makes the sum unknown', () => {
    const partly = { ...amazon, restore: { GLACIER: { standard: { perGb: { amount: 0.01, source: 'x', date: '2026-11-22' }, perThousand: { amount: null, source: '', date: '' } } } } };
    expect(restoreCost([use('GLACIER', 1, 1)], { speed: 'standard', days: 1 }, partly)).toBeNull();
  });
  it('nothing costs nothing, and one’s own server asks for nothing', () => {
    expect(restoreCost([], { speed: 'standard', days: 7 }, amazon)).toBe(0);
    expect(restoreCost([use('GLACIER', 3, 3)], { speed: 'standard', days: 7 }, ownTable)).toBe(0);
  });
});

describe('leaving a class before its minimum stay', () => {
  const [now, day] = [Date.UTC(2026, 10, 28), 86_400_000];
  const gb = gbBytes - 32 * 1024;
  it.each([
    ['30 of 90 days are left', [{ storageClass: 'GLACIER', sizeBytes: gb, storedMs: now - 60 * day }], 0.0036],
    ['180 days of the deepest class, and what is over its stay', [{ storageClass: 'DEEP_ARCHIVE', sizeBytes: gb, storedMs: now }, { storageClass: 'GLACIER', sizeBytes: gb, storedMs: now - 91 * day }], 6 * 0.00099],
    ['a class without a stay, however long', [{ storageClass: 'STANDARD', sizeBytes: gb, storedMs: null }], 0],
    ['nobody knows since when', [{ storageClass: 'GLACIER', sizeBytes: gb, storedMs: null }], null],
    ['nothing', [], 0],
  ] as const)('%s', (_, files, expected) => (expected === null ? expect(earlyLeaveCost(files, now, amazon)).toBeNull() : expect(earlyLeaveCost(files, now, amazon)).toBeCloseTo(expected, 9)));
  it('one’s own server asks for no fee', () => expect(earlyLeaveCost([{ storageClass: 'GLACIER', sizeBytes: gb, storedMs: now }], now, ownTable)).toBe(0));
});

it('every shipped price carries its source and its day, or is empty', () => {
  const prices = [...Object.values(amazon.storage), ...Object.values(amazon.restore).flatMap((speeds) => Object.values(speeds).flatMap((speed) => [speed.perGb, speed.perThousand]))];
  expect(prices.length).toBeGreaterThan(15);
  for (const price of prices) expect(price.amount === null ? [price.source, price.date] : [/^https:\/\//.test(price.source), /^\d{4}-\d\d-\d\d$/.test(price.date)]).toEqual(price.amount === null ? ['', ''] : [true, true]);
  expect(oldestDate(amazon)).toBe('2026-11-22');
});
