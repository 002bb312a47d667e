/** A Work put together by hand on a device of the world, for tests that drive one part of the engine and count what it costs. */
import { createBudget } from '../base/budget.ts';
import { createNameRules } from '../local/name-rules.ts';
import type { Index } from '../sync/index-port.ts';
import { emptyTally } from '../sync/outcome.ts';
import { createTouchedRows, createTransfers, type Work } from '../sync/work.ts';
import { rootFolder } from './world-device.ts';
import type { World } from './world.ts';

export async function handMadeWork(world: World, name: string, index: Index = world.device(name).index): Promise<Work> {
  const device = world.device(name);
  const root = device.index.root(device.rootId);
  if (root === null) throw new Error('the device has no root');
  return {
    root, rootId: root.id, index, store: device.store, local: await device.disk.openRoot(rootFolder), clock: world.clock, logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }, names: createNameRules(),
    random: () => '0'.repeat(32), chance: () => 0.5, profile: await device.store.probe(), holdsExecutable: true, signal: new AbortController().signal, touched: createTouchedRows(), transfers: createTransfers(() => undefined),
    memory: createBudget(1e8), tally: emptyTally(), changedKeys: new Set(), lookAgain: { folders: new Set(), keys: new Set() }, judged: new Map(), runId: () => 'run', emit: () => undefined,
  };
}
