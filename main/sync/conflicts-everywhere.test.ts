/** A conflict is known on every device by its copy; it is gone everywhere when it is settled anywhere; two different answers at the same time lose nothing. */
import { afterEach, expect, test } from 'vitest';
import { ConflictService } from '../app/conflict-service.ts';
import { UndoTokens } from '../app/undo-tokens.ts';
import { createNameRules } from '../local/name-rules.ts';
import { rootFolder, type WorldDevice } from '../testing/world-device.ts';
import { createWorld, type World } from '../testing/world.ts';

let world: World;
afterEach(() => world.close());
const conflictsOf = (device: WorldDevice): { path: string; copyPath: string; here: boolean; device: string | null }[] => device.index.conflicts(device.rootId).map(({ path, copyPath, here, device: by }) => ({ path, copyPath, here, device: by }));

/** A and B edited one file at once; C saw nothing of it before. */
async function edited(devices: readonly string[] = ['A', 'B', 'C']): Promise<void> {
  world = createWorld({ devices });
  world.device('A').write('plan.txt', 'base');
  await world.settle();
  world.device('A').write('plan.txt', 'by A');
  world.device('B').write('plan.txt', 'by B, longer');
  await world.quiet();
}
function serviceOf(device: WorldDevice): { conflicts: ConflictService; undo: UndoTokens } {
  const undo = new UndoTokens();
  let serial = 0;
  return {
    undo,
    conflicts: new ConflictService({
      index: device.index, names: createNameRules(), undo, newId: () => `resolve-${device.name}-${(serial += 1)}`, onChange: () => undefined,
      registry: {
        record: () => {
          const root = device.index.root(device.rootId);
          if (root === null) throw new Error('no root');
          return root;
        },
        find: () => null,
      },
      localRoots: { of: () => device.disk.openRoot(rootFolder) },
    }),
  };
}
const resolve = (device: WorldDevice, keep: 'mine' | 'theirs' | 'both'): Promise<{ undo: string | null }> => serviceOf(device).conflicts.resolve(device.rootId, 'plan.txt', keep);

test('rule 23: every device lists the conflict, by the copy’s name and row', async () => {
  await edited();
  const [a, b, c] = ['A', 'B', 'C'].map((name) => conflictsOf(world.device(name)));
  expect(b).toMatchObject([{ path: 'plan.txt', here: true, device: 'B' }]);
  expect(a).toMatchObject([{ path: 'plan.txt', copyPath: b?.[0]?.copyPath, here: false, device: 'B' }]);
  expect(c).toEqual(a);
  await world.device('C').loseIndex();
  await world.quiet();
  expect(conflictsOf(world.device('C'))).toEqual(a);
});

test.each([['mine', 'by B, longer'], ['theirs', 'by A']] as const)('keep %s on the device that made the copy settles it for all', async (keep, text) => {
  await edited();
  await resolve(world.device('B'), keep);
  await world.settle();
  expect(world.tree('C')).toEqual({ 'plan.txt': text });
  expect(world.devices.flatMap(conflictsOf)).toEqual([]);
  expect([world.holdsContent('by A'), world.holdsContent('by B, longer')]).toEqual([true, true]);
});

test('keep both gives the copy an ordinary name, which settles it for all', async () => {
  await edited();
  await resolve(world.device('A'), 'both');
  await world.settle();
  expect(world.devices.flatMap(conflictsOf)).toEqual([]);
  const names = Object.keys(world.tree('C'));
  expect(names).toHaveLength(2);
  expect(names.find((name) => name !== 'plan.txt')).toMatch(/^plan \(B, \d{4}-\d\d-\d\d \d\d\.\d\d\)\.txt$/);
});

const keeps = ['mine', 'theirs', 'both'] as const;
test.each(keeps.flatMap((onA) => keeps.map((onB) => [onA, onB] as const)))('A keeps %s while B keeps %s: nothing is lost, and all agree', async (onA, onB) => {
  await edited();
  await resolve(world.device('A'), onA);
  await resolve(world.device('B'), onB);
  await world.settle();
  expect([world.holdsContent('by A'), world.holdsContent('by B, longer')]).toEqual([true, true]);
  expect(Object.keys(world.tree('C')).length).toBeGreaterThan(0);
});

test('a choice is taken back, and both versions are there again', async () => {
  await edited(['A', 'B']);
  const b = world.device('B');
  const before = world.tree('B');
  for (const keep of keeps) {
    const { conflicts, undo } = serviceOf(b);
    const answer = await conflicts.resolve(b.rootId, 'plan.txt', keep);
    expect(conflictsOf(b)).toEqual([]);
    expect(world.tree('B')).not.toEqual(before);
    await undo.undo(answer.undo ?? '');
    expect(world.tree('B')).toEqual(before);
    expect(conflictsOf(b)).toHaveLength(1);
  }
  await world.quiet();
  expect(world.tree('A')).toEqual(before);
});
