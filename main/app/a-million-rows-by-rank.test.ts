/** Views over 1,000,000 real rows in a real index: every rank has its row, in every order, in few statements; changes and type-ahead. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row, ViewQuery } from '../../shared/api/contract.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import { figureQueries } from '../database/figure-queries.ts';
import { openIndex, type IndexHandle } from '../database/open-index.ts';
import { viewQueries } from '../database/view-queries.ts';
import type { RootId } from '../sync/index-port.ts';
import { openRegistry, recordOf, type StandInEngine } from '../testing/app-stand-ins.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { EventBus } from './event-bus.ts';
import type { EventEnvelope } from '../../shared/api/events.ts';
import { ViewService } from './view-service.ts';

const million = 1_000_000;
const rootId = 'big' as RootId;
const query: ViewQuery = { rootId, folder: 'all', search: '', states: [], tiers: [], sort: 'name', descending: false };

let index: IndexHandle;
let views: ViewService;
let engine: StandInEngine;
const clock = new ManualClock();
const bus = new EventBus();

beforeAll(async () => {
  index = openIndex(':memory:', clock);
  index.saveRoot(recordOf(rootId));
  fill(index);
  const made = openRegistry(index, clock);
  await made.registry.engineOf(rootId);
  engine = made.engines.get(rootId) as StandInEngine;
  views = new ViewService({ queries: { ...viewQueries(index.database), ...figureQueries(index.database) }, registry: made.registry, bus, clock, pinned: () => [] });
});
afterAll(() => index.close());

/** Names in a shuffled order, 1,000 folders among the children, each 10,000th row edited, one in 30,000 failed. */
function fill(into: IndexHandle): void {
  const insert = into.database.prepare(`INSERT INTO entries (root, key, parent, l_here, l_disk, l_size, l_mtime, l_ctime, l_birth, l_inode, l_exec, l_sha, r_size, r_etag, r_tier, b_sha, b_size, b_exec, b_resident, b_store, b_etag)
    VALUES (?, ?, ?, 1, ?, ?, ?, 1, 1, ?, 0, 'aa', ?, 'e', ?, 'aa', ?, 0, 1, 'warm', 'e')`);
  into.transaction(() => {
    for (let i = 0; i < million; i += 1) {
      const number = String((i * 7_919) % million).padStart(6, '0');
      const key = i % 1_000 === 0 ? `all/folder ${number}/` : `all/${i % 2 === 0 ? 'File' : 'file'} ${number}.txt`;
      insert.run(rootId, key, 'all', key.slice(0, -1), i % 5_000, BigInt(i) * 1_000_000n, i, i % 5_000, i % 100 === 0 ? 'cold' : 'warm', i % 5_000);
    }
    into.database.exec("UPDATE entries SET l_sha = 'bb' WHERE id % 10000 = 3; UPDATE entries SET fail_code = 'disk_error', fail_context = '{}', fail_attempts = 1 WHERE id % 30000 = 7");
  });
}
const took: string[] = [];
function timed<T>(what: string, work: () => T): T {
  const start = performance.now();
  const result = work();
  took.push(`${what}: ${(performance.now() - start).toFixed(1)} ms`);
  return result;
}
afterAll(() => console.log(took.join('\n')));

const comparers: Readonly<Record<string, (a: Row, b: Row) => boolean>> = {
  name: (a, b) => (a.kind === b.kind ? a.name.toLowerCase() <= b.name.toLowerCase() : a.kind === 'folder'),
  size: (a, b) => (a.kind === b.kind ? a.kind === 'folder' || (a.sizeBytes ?? 0) <= (b.sizeBytes ?? 0) : a.kind === 'folder'),
  changed: (a, b) => (a.kind === b.kind ? (a.changedAtMs ?? 0) <= (b.changedAtMs ?? 0) : a.kind === 'folder'),
};

describe('ranks', () => {
  it.each(['name', 'size', 'changed'] as const)('by %s: sorted at the begin, around the middle and at the end, no rank missing', (sort) => {
    const { viewId, count } = timed(`open by ${sort}`, () => views.open({ ...query, sort }));
    expect(count).toBe(million);
    for (const from of [0, 900, 499_800, million - 200]) {
      const { rows } = timed(`200 rows by ${sort} at ${from}`, () => views.rows(viewId, from, from + 200));
      expect(rows.map((row) => row.rank)).toEqual(Array.from({ length: 200 }, (_, at) => from + at));
      for (const [at, row] of rows.entries()) if (at > 0) expect(comparers[sort]?.(rows[at - 1] as Row, row)).toBe(true);
    }
  });
  it('descending turns files around and leaves folders first', () => {
    const { viewId } = views.open({ ...query, descending: true });
    const [first] = views.rows(viewId, 0, 1).rows;
    const [file] = views.rows(viewId, 1_000, 1_001).rows;
    expect(first?.kind).toBe('folder');
    expect(file?.name).toBe('file 999999.txt');
  });
  it('a page asks the index three times, however many rows it has', () => {
    const ids = [...viewQueries(index.database).viewIds({ roots: [rootId], query: { ...query, states: ['waiting'] }, context: [] })];
    const asked: string[] = [];
    const counting = viewQueries(countingReads(asked));
    expect(counting.rowsById(ids).size).toBe(100);
    expect(asked).toHaveLength(3);
  });
  it('at most 500 rows go at once', () => expect(views.rows(views.open(query).viewId, 0, million).rows).toHaveLength(500));
});

/** The real database, telling of each statement that is read. */
function countingReads(asked: string[]): IndexHandle['database'] {
  const counted = (statement: object, sql: string): object => new Proxy(statement, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...values: unknown[]) => {
        if (name === 'all' || name === 'get' || name === 'iterate') asked.push(sql);
        const result: unknown = value.apply(target, values);
        return result === target ? counted(target, sql) : result;
      };
    },
  });
  return { prepare: (sql: string) => counted(index.database.prepare(sql), sql), function: () => undefined } as unknown as IndexHandle['database'];
}

describe('filters', () => {
  it('by state finds exactly those rows', () => {
    const waiting = timed('filter waiting', () => views.open({ ...query, states: ['waiting'] }));
    expect(waiting.count).toBe(100);
    expect(new Set(views.rows(waiting.viewId, 0, 500).rows.map((row) => row.state))).toEqual(new Set(['waiting']));
    const failed = timed('filter cantSync', () => views.open({ ...query, states: ['cantSync'] }));
    expect(failed.count).toBe(Math.ceil((million - 6) / 30_000));
    expect(timed('filter upToDate', () => views.open({ ...query, states: ['upToDate'] })).count).toBe(million - 100 - failed.count);
  });
  it('what runs now has its own word, in the filter too', () => {
    const [row] = views.rows(views.open({ ...query, states: ['waiting'] }).viewId, 0, 1).rows;
    engine.busy = new Map([[row?.key as EntryKey, 'uploading']]);
    const running = views.open({ ...query, states: ['uploading'] });
    expect(views.rows(running.viewId, 0, 10).rows.map((one) => [one.key, one.state])).toEqual([[row?.key, 'uploading']]);
    engine.busy = new Map();
  });
  it('by tier', () => expect(timed('filter cold', () => views.open({ ...query, tiers: ['cold'] })).count).toBe(million / 100));
  it('by name, whatever its case, % and _ as they are', () => {
    expect(timed('search', () => views.open({ ...query, folder: '', search: 'FILE 00012' })).count).toBe(10);
    expect(views.open({ ...query, folder: '', search: '%' }).count).toBe(0);
    expect(views.open({ ...query, folder: '', search: 'all' }).count).toBe(0);
  });
});

describe('type-ahead', () => {
  it('finds the first, then the next, then begins again', () => {
    const { viewId } = views.open(query);
    const first = timed('type-ahead', () => views.find(viewId, 'FILE 9999', -1).rank) as number;
    expect(views.rows(viewId, first, first + 1).rows[0]?.name.toLowerCase()).toBe('file 999900.txt');
    expect(views.find(viewId, 'file 9999', first).rank).toBe(first + 1);
    expect(views.find(viewId, 'file 999999', million - 1).rank).toBe(million - 1);
    expect(views.find(viewId, 'zzz', -1).rank).toBeNull();
  });
});

describe('life', () => {
  it('a view ends five minutes after its last use', () => {
    const { viewId } = views.open({ ...query, states: ['waiting'] });
    clock.pass(4 * 60_000);
    views.rows(viewId, 0, 1);
    clock.pass(4 * 60_000);
    expect(views.rows(viewId, 0, 1).rows).toHaveLength(1);
    clock.pass(5 * 60_000 + 1);
    expect(() => views.rows(viewId, 0, 1)).toThrow(expect.objectContaining({ code: 'stale' }));
  });
  it('a changed row is told only to who shows it, at most four times a second', () => {
    const events: EventEnvelope<'viewChanged'>[] = [];
    const leave = bus.subscribe((envelope) => { if (envelope.name === 'viewChanged') events.push(envelope as EventEnvelope<'viewChanged'>); });
    const { viewId } = views.open(query);
    const [row] = views.rows(viewId, 1_000, 1_001).rows;
    const changed = { type: 'rows' as const, keys: [row?.key as EntryKey] };
    engine.tell(changed);
    clock.pass(10_000);
    expect([events.length, clock.pending]).toEqual([0, 0]);
    views.watch('page', { viewId, from: 990, to: 1_010 });
    for (let moment = 0; moment < 100; moment += 1) {
      engine.tell(changed);
      clock.pass(10);
    }
    expect(events.length).toBeGreaterThan(2);
    expect(events.length).toBeLessThanOrEqual(5);
    expect(events[0]?.data).toMatchObject({ viewId, count: million, ranges: [{ from: 990, to: 1_010 }] });
    expect(events[0]?.data.rows.map((one) => one.rank)).toContain(1_000);
    index.setLocal(rootId, 'all/file 000000 new.txt' as EntryKey, { diskPath: 'x', sizeBytes: 1, mtimeNs: 1n, ctimeNs: 1n, birthtimeNs: 1n, inode: 1n, executable: false, sha256: null });
    engine.tell({ type: 'rows', keys: ['all/file 000000 new.txt' as EntryKey] });
    clock.pass(1_000);
    expect(events.at(-1)?.data).toMatchObject({ count: million + 1, ranges: [{ from: 0, to: million + 1 }] });
    views.watch('page', null);
    leave();
  });
});
