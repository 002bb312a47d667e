/** What Strata did: runs and their lines by page, and new lines as they happen. */
import type { ActivityLine, InputOf, OutputOf } from '../../shared/api/contract.ts';
import type { Clock } from '../base/clock.ts';
import type { EventBus } from './event-bus.ts';
import { Paced } from './paced.ts';
import type { ViewQueries } from './ports.ts';
import type { RootRegistry } from './root-registry.ts';

/** A run of 100,000 files is not sent line by line; who shows the list reads it again. */
const mostSent = 200;

export class ActivityService {
  readonly #queries: ViewQueries;
  readonly #bus: EventBus;
  readonly #paced: Paced;
  readonly #unsubscribe: () => void;
  #fresh: ActivityLine[] = [];

  constructor(deps: { readonly queries: ViewQueries; readonly registry: RootRegistry; readonly bus: EventBus; readonly clock: Clock }) {
    this.#queries = deps.queries;
    this.#bus = deps.bus;
    this.#paced = new Paced(deps.clock, 250, () => this.#tell());
    this.#unsubscribe = deps.registry.subscribe((_, event) => {
      if (event.type !== 'activity') return;
      this.#fresh.push({ ...event.line });
      if (this.#fresh.length > mostSent) this.#fresh = this.#fresh.slice(-mostSent);
      this.#paced.wish();
    });
  }

  runs(input: InputOf<'readRuns'>): OutputOf<'readRuns'> {
    const runs = this.#queries.runs({ before: input.before ?? null, rootId: input.rootId ?? null, limit: input.limit });
    return { runs, next_cursor: runs.length < input.limit ? null : (runs.at(-1)?.id ?? null) };
  }
  lines(input: InputOf<'readLines'>): OutputOf<'readLines'> {
    const { limit } = input;
    const lines = this.#queries.lines({ runId: input.runId ?? null, rootId: input.rootId ?? null, kind: input.kind ?? null, path: input.path ?? null, before: input.before ?? null, limit });
    return { lines, next_cursor: lines.length < limit ? null : String(lines.at(-1)?.id ?? '') };
  }
  close(): void {
    this.#unsubscribe();
    this.#paced.close();
  }

  #tell(): void {
    const lines = this.#fresh;
    this.#fresh = [];
    if (lines.length > 0) this.#bus.publish('activity', { lines });
  }
}
