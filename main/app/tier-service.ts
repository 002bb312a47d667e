/** Migration as a use-case: rules per folder, what they would move, one run now, and the runs of the schedule. */
import { randomUUID } from 'node:crypto';
import { migrationSchema, tierSettingsSchema, type Migration, type TierPlan, type Tiers, type TierSettings } from '../../shared/api/contract.ts';
import type { PriceTable } from '../../shared/api/prices.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Index, RootId } from '../sync/index-port.ts';
import type { Logger } from '../sync/ports.ts';
import { totalRequests } from '../sync/outcome.ts';
import type { TierEnvironment } from '../tiers/environment.ts';
import type { MigrationLine, MigrationProgress, MigrationResult } from '../tiers/migration-log.ts';
import { migrate } from '../tiers/mover.ts';
import { monthSaving } from '../tiers/cost.ts';
import { planTiers, type TierPlan as Plan, type TierRows } from '../tiers/planning.ts';
import { defaultRules, type TierPolicy } from '../tiers/policy.ts';
import { checkCron, nextRunMs, startSchedule, type Schedule } from '../tiers/schedule.ts';
import type { Places } from './ports.ts';
import type { RootRegistry } from './root-registry.ts';

export interface TierServiceDeps {
  readonly index: Pick<Index, 'setting' | 'setSetting' | 'startRun' | 'endRun'>;
  readonly rows: TierRows;
  readonly registry: RootRegistry;
  readonly places: Pick<Places, 'parse'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: TierEnvironment;
  readonly log: (line: MigrationLine) => void;
  /** Of one of a folder's stores; null where none are known. */
  readonly prices: (rootId: string, side: 'warm' | 'cold') => PriceTable | null;
  readonly onChange: () => void;
}
interface Running {
  readonly abort: AbortController;
  progress: MigrationProgress;
}
const mostExamples = 100;
export const defaultSchedule = '0 0 * * *';

export class TierService {
  readonly #deps: TierServiceDeps;
  readonly #running = new Map<RootId, Running>();
  readonly #schedules = new Map<RootId, Schedule>();
  /** New for every process: a lease of the one before is not ours (rule 25). */
  readonly #holder = randomUUID();
  #isClosed = false;
  #unsubscribe: (() => void) | null = null;

  constructor(deps: TierServiceDeps) {
    this.#deps = deps;
  }

  /** From here on migrations run by schedule. */
  start(): void {
    this.#unsubscribe ??= this.#deps.registry.subscribe((_id, event) => {
      if (event.type === 'roots') this.look();
    });
    this.look();
  }
  /** A folder came or went, or the computer woke up. */
  look(): void {
    if (this.#unsubscribe === null || this.#isClosed) return;
    const here = this.#deps.registry.list().map((root) => root.id);
    for (const [id, schedule] of this.#schedules) {
      if (here.includes(id)) schedule.look();
      else {
        schedule.stop();
        this.#schedules.delete(id);
      }
    }
    for (const id of here) if (!this.#schedules.has(id)) this.#schedule(id);
  }
  close(): void {
    this.#isClosed = true;
    this.#unsubscribe?.();
    for (const schedule of this.#schedules.values()) schedule.stop();
    for (const running of this.#running.values()) running.abort.abort();
  }

  read(rootId: string): Tiers {
    const { id, coldAddress } = this.#deps.registry.record(rootId);
    const settings = this.#settings(id);
    const running = this.#running.get(id)?.progress ?? null;
    return {
      cold: coldAddress === null ? null : this.#deps.places.parse(coldAddress).name, settings, running, lastRun: this.#lastRun(id),
      nextRunAtMs: coldAddress === null || settings.schedule === null ? null : nextRunMs(settings.schedule, this.#deps.clock.nowMs()),
    };
  }
  write(rootId: string, wish: TierWish): Tiers {
    const { id } = this.#deps.registry.record(rootId);
    const settings = merged(this.#settings(id), wish);
    this.#deps.index.setSetting(settingName(id), JSON.stringify(settings));
    this.#schedules.get(id)?.look();
    this.#deps.onChange();
    return this.read(rootId);
  }
  /** Throws `no_cold_store`. */
  preview(rootId: string, wish: TierWish): TierPlan {
    const root = this.#withCold(rootId);
    const plan = planTiers(this.#deps.rows, root.id, policyOf(merged(this.#settings(root.id), wish)), { nowMs: this.#deps.clock.nowMs(), mostExamples });
    return { ...plan, ...this.#saving(root.id, plan), byClass: { ...plan.byClass }, examples: [...plan.examples] };
  }
  /** Throws `no_cold_store`, and what stopped the migration as a whole. */
  async run(rootId: string): Promise<Migration> {
    const { id } = this.#withCold(rootId);
    if (this.#running.has(id)) return { moved: 0, copied: 0, failed: 0, left: 0, bytesUp: 0, requests: 0, ms: 0, isBusy: true };
    const running: Running = { abort: new AbortController(), progress: { done: 0, failed: 0, bytes: 0 } };
    this.#running.set(id, running);
    this.#deps.onChange();
    try {
      const result = await this.#migrate(id, running);
      this.#deps.index.setSetting(lastRunName(id), JSON.stringify({ atMs: this.#deps.clock.nowMs(), result }));
      return result;
    } finally {
      this.#running.delete(id);
      this.#deps.onChange();
    }
  }

  async #migrate(id: RootId, running: Running): Promise<MigrationResult> {
    const { index, clock, environment, rows } = this.#deps;
    const engine = await this.#deps.registry.engineOf(id);
    const parts = await engine.connected();
    const runId = randomUUID();
    index.startRun(id, runId, clock.nowMs(), parts.root.deviceName);
    try {
      const settings = this.#settings(id);
      return await migrate({
        work: { ...parts, runId: () => runId }, rows, policy: policyOf(settings), batchSize: environment.batchSize, holder: this.#holder,
        requests: () => totalRequests(parts.store.requestCounts()), log: this.#deps.log, onProgress: (progress) => (running.progress = progress), signal: AbortSignal.any([parts.signal, running.abort.signal]),
      });
    } finally {
      index.endRun(runId, clock.nowMs());
      // What left the warm store is told at once, so that other devices look at these keys and not at everything.
      if (!this.#isClosed) await engine.tellNow().catch((thrown: unknown) => this.#deps.logger.warn({ code: asAppError(thrown).code, rootId: id }, 'other devices could not be told of the migration'));
    }
  }

  /** What warm no longer holds, less what cold holds instead. */
  #saving(id: RootId, plan: Pick<Plan, 'byClass' | 'drops' | 'bytesFreedInWarm'>): Pick<TierPlan, 'savesMonth' | 'currency'> {
    const comes = Object.entries(plan.byClass).map(([name, sum]) => ({ storageClass: name === '' ? 'STANDARD' : name, ...sum }));
    return monthSaving({ uses: [{ storageClass: 'STANDARD', files: plan.drops, bytes: plan.bytesFreedInWarm }], table: this.#deps.prices(id, 'warm') }, { uses: comes, table: this.#deps.prices(id, 'cold') });
  }
  #schedule(id: RootId): void {
    const since = sinceName(id);
    if (this.#deps.index.setting(since) === null) this.#deps.index.setSetting(since, String(this.#deps.clock.nowMs()));
    this.#schedules.set(id, startSchedule({
      clock: this.#deps.clock,
      cron: () => (this.#deps.registry.find(id) === null || this.#deps.registry.record(id).coldAddress === null ? null : this.#settings(id).schedule),
      lastMs: () => Number(this.#deps.index.setting(since) ?? 0),
      run: () => {
        this.#deps.index.setSetting(since, String(this.#deps.clock.nowMs()));
        this.run(id).catch((thrown: unknown) => this.#deps.logger.warn({ code: asAppError(thrown).code, rootId: id }, 'a scheduled migration did not run'));
      },
    }));
  }
  #withCold(rootId: string): { readonly id: RootId } {
    const record = this.#deps.registry.record(rootId);
    if (record.coldAddress === null) throw new AppError('no_cold_store', { root: record.name });
    return record;
  }
  #settings(id: RootId): TierSettings {
    const defaults: TierSettings = { rules: defaultRules.map((rule) => ({ ...rule })), keepWarm: [], neverArchive: [], deleteFromWarm: this.#deps.environment.deleteFromWarm, despiteFees: false, schedule: defaultSchedule };
    const text = this.#deps.index.setting(settingName(id));
    if (text === null) return defaults;
    // What an older or newer Strata wrote otherwise counts as not said.
    const found = tierSettingsSchema.partial().safeParse(JSON.parse(text));
    return found.success ? merged(defaults, found.data) : defaults;
  }
  #lastRun(id: RootId): Tiers['lastRun'] {
    const text = this.#deps.index.setting(lastRunName(id));
    if (text === null) return null;
    const { atMs, result } = JSON.parse(text) as { readonly atMs: number; readonly result: unknown };
    const known = migrationSchema.safeParse(result);
    return known.success ? { atMs, result: known.data } : null;
  }
}

const settingName = (id: RootId): string => `tiers:${id}`;
const lastRunName = (id: RootId): string => `tiers-last-run:${id}`;
const sinceName = (id: RootId): string => `tiers-since:${id}`;

function policyOf(settings: TierSettings): TierPolicy {
  return { rules: settings.rules, neverArchive: settings.neverArchive, keepWarm: settings.keepWarm, deleteFromWarm: settings.deleteFromWarm, despiteFees: settings.despiteFees };
}
/** What a wish does not say stays. */
type TierWish = { readonly [K in keyof TierSettings]?: TierSettings[K] | undefined };
function merged(settings: TierSettings, wish: TierWish): TierSettings {
  const given = Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) as Partial<TierSettings>;
  const result = { ...settings, ...given };
  if (result.schedule !== null) checkCron(result.schedule);
  return result;
}
