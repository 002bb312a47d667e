/** The hub's cold store by its environment: one store of two for its files, and the migration at midnight (H5, H9). */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createBudget } from './base/budget.ts';
import type { Clock } from './base/clock.ts';
import { asAppError } from './base/app-error.ts';
import type { AppLogger } from './base/logger.ts';
import { isoAt } from './base/iso-time.ts';
import type { FactRecords } from './database/hub/fact-records.ts';
import type { FileRecords } from './library/ports.ts';
import { createLineLog } from './local/line-log.ts';
import { totalRequests } from './sync/outcome.ts';
import type { RemoteStore } from './sync/ports.ts';
import { createTwoStores, sumOf, type TwoStores } from './sync/stores/two-stores.ts';
import type { TierEnvironment } from './tiers/environment.ts';
import { migrateHub } from './tiers/hub-migration.ts';
import type { MigrationResult } from './tiers/migration-log.ts';
import { startSchedule, type Schedule } from './tiers/schedule.ts';

export interface HubCold {
  /** Reads from and writes to both; what a member sees. */
  readonly store: RemoteStore;
  /** Pages of both stores, the warm one first. */
  readonly listAll: RemoteStore['list'];
  /** One migration now; throws what stops it as a whole. */
  run(): Promise<MigrationResult>;
  start(): void;
  close(): Promise<void>;
}
export interface HubColdDeps {
  readonly warm: RemoteStore;
  readonly cold: RemoteStore;
  readonly records: Pick<FileRecords, 'notInCold' | 'inBoth' | 'markSynced'>;
  readonly environment: TierEnvironment;
  readonly clock: Clock;
  readonly logger: AppLogger;
  /** When the schedule last ran, or was set up, outlives the hub. */
  readonly facts: FactRecords;
  /** Somebody's files are said to be elsewhere now. */
  readonly onSynced: (userId: number) => void;
}
const memoryBytes = 48 * 1_048_576;
const atMidnight = '0 0 * * *';
const lastRunFact = 'migration-last-ms';

export function openHubCold(deps: HubColdDeps): HubCold {
  const { warm, cold, clock, logger, environment } = deps;
  const both = lazily(async (): Promise<TwoStores> => {
    // A look makes a bucket that is missing; a probe does not.
    for (const store of [warm, cold]) await store.list({ prefix: 'user-', maxKeys: 1 });
    const [warmProfile, coldProfile] = [await warm.probe(), await cold.probe()];
    return createTwoStores({ warm, cold, warmProfile, coldProfile, clock, random: randomUUID });
  });
  const log = environment.logFile === null ? null : createLineLog(path.resolve(environment.logFile), logger);
  const holder = randomUUID();
  const abort = new AbortController();
  const memory = createBudget(memoryBytes);
  let running: Promise<MigrationResult> | null = null;
  let schedule: Schedule | null = null;
  let begun: Promise<void> | null = null;
  const run = (): Promise<MigrationResult> => (running ??= migrate().finally(() => (running = null)));
  const migrate = async (): Promise<MigrationResult> => {
    const users = new Map<number, number>();
    const page = (of: 'notInCold' | 'inBoth') => async (afterId: number, limit: number) => {
      const rows = await deps.records[of](afterId, limit);
      for (const row of rows) users.set(row.id, row.userId);
      return rows;
    };
    return migrateHub({
      stores: await both(), clock, memory, batchSize: environment.batchSize, deleteFromWarm: environment.deleteFromWarm, holder, runId: randomUUID(), random: randomUUID, chance: Math.random, signal: abort.signal,
      requests: () => totalRequests(warm.requestCounts()) + totalRequests(cold.requestCounts()), log: (line) => log?.write(line),
      rows: {
        notInCold: page('notInCold'), inBoth: page('inBoth'),
        markSynced: async (file, etag, isInWarm) => {
          if (await deps.records.markSynced(file.id, file.etag, { etag, isInWarm }, isoAt(clock.nowMs()))) deps.onSynced(users.get(file.id) ?? 0);
        },
      },
    });
  };
  /** A midnight that passed while the hub was off is made up for: the fact is older than it. */
  const begin = async (): Promise<void> => {
    const now = clock.nowMs();
    const kept = Number((await deps.facts.fact(lastRunFact)) ?? Number.NaN);
    // A clock that was ahead must not put the next run off for years.
    let lastMs = Number.isFinite(kept) ? Math.min(kept, now) : now;
    const note = (): Promise<void> => deps.facts.setFact(lastRunFact, String(lastMs)).catch((thrown: unknown) => logger.warn({ code: asAppError(thrown).code }, 'when members’ files were last migrated could not be noted'));
    if (!Number.isFinite(kept)) await note();
    if (abort.signal.aborted) return;
    schedule = startSchedule({ clock, cron: () => atMidnight, lastMs: () => lastMs, run: () => {
      lastMs = clock.nowMs();
      void note();
      run().catch((thrown: unknown) => logger.warn({ code: asAppError(thrown).code }, 'the migration of members’ files stopped; the next one goes on'));
    } });
  };
  return {
    store: twoAtFirstUse(warm, cold, both), run,
    listAll: async (request) => (await both()).list(request),
    start: () => {
      begun ??= begin().catch((thrown: unknown) => logger.warn({ code: asAppError(thrown).code }, 'the nightly migration of members’ files could not be set up'));
    },
    close: async () => {
      abort.abort();
      await begun;
      schedule?.stop();
      // A store that does not answer must not keep the hub from ending: the file's row still says where it is.
      await Promise.race([running?.catch(() => undefined), clock.sleep(2000)]);
      await log?.flushed();
      await cold.close();
    },
  };
}

/** Found out once; a failure is asked again. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make().catch((thrown: unknown) => {
    made = null;
    throw thrown;
  }));
}

/** What the two stores heed is found out by doing, at the first request and not at the start: a hub starts before its stores do. */
function twoAtFirstUse(warm: RemoteStore, cold: RemoteStore, both: () => Promise<TwoStores>): RemoteStore {
  return {
    description: warm.description,
    probe: async (signal) => (await both()).probe(signal),
    // A library is looked through in the warm store; what lies only in the cold one has a row, and a look at its name finds it.
    list: (request) => warm.list(request),
    head: async (key, signal) => (await both()).head(key, signal),
    versions: async (key, signal) => (await both()).versions(key, signal),
    get: async (key, request) => (await both()).get(key, request),
    put: async (key, body, request) => (await both()).put(key, body, request),
    remove: async (key, condition) => (await both()).remove(key, condition),
    startUpload: (key, metadata) => warm.startUpload(key, metadata),
    putPart: (key, uploadId, number, bytes, signal) => warm.putPart(key, uploadId, number, bytes, signal),
    listParts: (key, uploadId) => warm.listParts(key, uploadId),
    completeUpload: async (key, uploadId, parts, condition) => (await both()).completeUpload(key, uploadId, parts, condition),
    abortUpload: (key, uploadId) => warm.abortUpload(key, uploadId),
    listUploads: () => warm.listUploads(),
    copy: async (from, to, request) => (await both()).copy(from, to, request),
    restore: async (key, request) => (await both()).restore(key, request),
    watch: (onKeys, signal) => warm.watch(onKeys, signal),
    requestCounts: () => sumOf(warm.requestCounts(), cold.requestCounts()),
    storeTimeMs: () => warm.storeTimeMs(),
    close: () => warm.close(),
  };
}
