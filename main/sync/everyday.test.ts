/** Two computers and one place in everyday life: what one does arrives at the other, edits beat deletions, two edits are both kept, and then nothing more is written. */
import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, type World, type WorldOptions } from '../testing/world.ts';

let world: World;
const start = (options: WorldOptions = {}): World => (world = createWorld(options));
afterEach(() => world.close());

describe('everyday life of two devices', () => {
  it('carries new files, edits, renames and deletions both ways, then writes nothing', async () => {
    const { device } = bound(start());
    device('A').write('a.txt', 'one');
    device('A').write('folder/b.txt', 'two');
    device('B').write('from-b.txt', 'three');
    await world.settle();
    expect(world.tree('B')).toEqual({ 'a.txt': 'one', 'folder/': '', 'folder/b.txt': 'two', 'from-b.txt': 'three' });
    device('B').write('a.txt', 'one, edited');
    device('A').remove('folder/b.txt');
    device('B').rename('from-b.txt', 'moved/from-b.txt');
    await world.settle();
    expect(world.tree('A')).toEqual({ 'a.txt': 'one, edited', 'folder/': '', 'moved/': '', 'moved/from-b.txt': 'three' });
  });

  it('lets an edit beat a deletion, whichever side edits', async () => {
    const { device } = bound(start());
    device('A').write('edited-here.txt', '1');
    device('A').write('edited-there.txt', '1');
    await world.settle();
    device('A').remove('edited-there.txt');
    device('B').write('edited-there.txt', '2 longer');
    device('A').write('edited-here.txt', '2 longer');
    device('B').remove('edited-here.txt');
    await world.settle();
    expect(world.tree('A')).toEqual({ 'edited-here.txt': '2 longer', 'edited-there.txt': '2 longer' });
  });

  it('keeps both of two edits', async () => {
    const { device } = bound(start());
    device('A').write('f.txt', 'base');
    await world.settle();
    device('A').write('f.txt', 'from A');
    device('B').write('f.txt', 'from B!');
    await world.settle();
    expect(Object.values(world.tree('A')).sort()).toEqual(['from A', 'from B!']);
    expect(Object.keys(world.tree('A')).some((name) => name.startsWith('f (conflict, '))).toBe(true);
  });

  it('merges two folders that both hold files at their first meeting, and deletes nothing', async () => {
    const { device } = bound(start());
    device('A').write('same.txt', 'same');
    device('B').write('same.txt', 'same');
    device('A').write('only-a.txt', 'a');
    device('B').write('only-b.txt', 'b');
    device('A').write('differs.txt', 'a says');
    device('B').write('differs.txt', 'b says other');
    await world.settle();
    expect(Object.values(world.tree('A')).sort()).toEqual(['a', 'a says', 'b', 'b says other', 'same']);
  });
});

function bound(of: World): { device: World['device'] } {
  return { device: (name) => of.device(name) };
}
