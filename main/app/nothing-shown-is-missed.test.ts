/** What changes between opening a list and being told who looks at it still reaches the page. */
import { expect, it } from 'vitest';
import type { EventEnvelope } from '../../shared/api/events.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import { figureQueries } from '../database/figure-queries.ts';
import { openIndex } from '../database/open-index.ts';
import { viewQueries } from '../database/view-queries.ts';
import type { RootId } from '../sync/index-port.ts';
import { openRegistry, recordOf, type StandInEngine } from '../testing/app-stand-ins.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { EventBus } from './event-bus.ts';
import { ViewService } from './view-service.ts';

it('a file that came in before the page said what it shows', async () => {
  const clock = new ManualClock();
  const bus = new EventBus();
  const events: EventEnvelope[] = [];
  bus.subscribe((envelope) => void events.push(envelope));
  const index = openIndex(':memory:', clock);
  const rootId = 'photos' as RootId;
  index.saveRoot(recordOf(rootId));
  const { registry } = openRegistry(index, clock);
  const engine = (await registry.engineOf(rootId)) as StandInEngine;
  const views = new ViewService({ queries: { ...viewQueries(index.database), ...figureQueries(index.database) }, registry, bus, clock, pinned: () => [] });
  const { viewId, count } = views.open({ rootId, folder: '', search: '', states: [], tiers: [], sort: 'name', descending: false });
  expect(count).toBe(0);
  const key = 'plan.md' as EntryKey;
  index.setLocal(rootId, key, { diskPath: key, sizeBytes: 1, mtimeNs: 1n, ctimeNs: 1n, birthtimeNs: 1n, inode: 1n, executable: false, sha256: null });
  engine.tell({ type: 'rows', keys: [key] });
  clock.pass(1_000);
  expect(events).toEqual([]);
  views.watch('page', { viewId, from: 0, to: 1 });
  clock.pass(1_000);
  expect(events.find((event) => event.name === 'viewChanged')?.data).toMatchObject({ viewId, count: 1 });
  index.close();
});
