/** An index in memory that outlives the processes of a simulated computer: a dead process has no effect on it, and a power failure may take back its last commits. */
import type { IndexHandle } from '../../database/open-index.ts';
import { openIndex } from '../../database/open-index.ts';
import type { Index } from '../../sync/index-port.ts';
import { SimulatedCrash } from '../memory-disk.ts';
import type { IndexPlace } from '../world-device.ts';

const tables = ['roots', 'entries', 'journal', 'runs', 'activity', 'holds', 'hold_rows', 'passed', 'conflicts', 'settings', 'pins', 'thaws', 'kept_versions'] as const;

/** Told of calls that change the index, before they do. */
export type BeforeCommit = (name: string, first: unknown, third: unknown) => void;
const changing: ReadonlySet<string> = new Set(['openJournal', 'closeJournal', 'updateJournal', 'setBase', 'setLocal', 'setRemote', 'setFrozen', 'setFailure', 'transaction', 'durably', 'addConflict', 'addActivity', 'saveHold', 'saveRoot', 'holdPlanned'] satisfies (keyof Index)[]);

export class KeptIndex implements IndexPlace {
  readonly #real: IndexHandle;
  beforeCommit: BeforeCommit = () => undefined;
  #hasSnapshot = false;

  constructor() {
    this.#real = openIndex(':memory:', { nowMs: () => 0, monotonicMs: () => 0, sleep: () => Promise.resolve(), after: () => () => undefined });
    this.#real.database.exec(`ATTACH ':memory:' AS kept; ${tables.map((table) => `CREATE TABLE kept.${table} AS SELECT * FROM main.${table} WHERE 0;`).join(' ')}`);
  }
  open(): IndexHandle {
    const real = this.#real;
    real.forgetCached();
    let alive = true;
    const guarded: Record<string, unknown> = { database: real.database, setAside: null };
    for (const [name, method] of Object.entries(real)) {
      if (typeof method !== 'function') continue;
      const call = method as (...args: unknown[]) => unknown;
      const changes = changing.has(name);
      // No method has more than four; rest parameters would cost an array per call.
      guarded[name] = (first?: unknown, second?: unknown, third?: unknown, fourth?: unknown): unknown => {
        if (changes && alive) this.beforeCommit(name, first, third);
        if (!alive) throw new SimulatedCrash('this process is dead');
        return call(first, second, third, fourth);
      };
    }
    guarded['close'] = () => void (alive = false);
    return guarded as unknown as IndexHandle;
  }
  lose(): void {
    this.#real.database.exec(tables.map((table) => `DELETE FROM main.${table}`).join('; '));
    this.#hasSnapshot = false;
  }
  keepAside(): () => void {
    const { database } = this.#real;
    const kept = tables.map((table) => ({ table, rows: database.prepare<[], unknown[]>(`SELECT * FROM main.${table}`).raw(true).safeIntegers(true).all() }));
    return () => {
      this.lose();
      for (const { table, rows } of kept) {
        const [first] = rows;
        if (first === undefined) continue;
        const insert = database.prepare(`INSERT INTO main.${table} VALUES (${first.map(() => '?').join(', ')})`);
        for (const row of rows) insert.run(...row);
      }
    };
  }
  remove(): void {
    this.lose();
    this.beforeCommit = () => undefined;
  }
  /** The commits up to now have reached the disk. */
  keep(): void {
    this.#real.database.exec(tables.map((table) => `DELETE FROM kept.${table}; INSERT INTO kept.${table} SELECT * FROM main.${table}`).join('; '));
    this.#hasSnapshot = true;
  }
  /** The power failed: commits since `keep` are gone (F02). */
  fallBack(): void {
    if (!this.#hasSnapshot) return;
    this.#real.database.exec(tables.map((table) => `DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM kept.${table}`).join('; '));
  }
}

/** Opening one costs more than a whole history: they are cleared and used again. */
export class IndexPool {
  readonly #free: KeptIndex[] = [];
  take(): KeptIndex {
    return this.#free.pop() ?? new KeptIndex();
  }
  giveBack(index: KeptIndex): void {
    index.remove();
    this.#free.push(index);
  }
}
