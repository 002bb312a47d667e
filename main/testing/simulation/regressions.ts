/** Histories that once broke a promise, shortened, each named after what was wrong: they are played in every test run, whatever seeds mean by then. */
import type { Fault, History, Step, UserAct } from './history.ts';

const user = (device: number, act: UserAct): Step => ({ kind: 'user', device, act });
const write = (device: number, path: string, text: string): Step => user(device, { do: 'write', path, text });
const sync = (devices: readonly number[], faults: readonly Fault[] = []): Step => ({ kind: 'sync', devices, turns: 0, faults });
const history = (steps: readonly Step[], more: Partial<History> = {}): History => ({ seed: 1, devices: 2, store: 'plain', concurrency: 1, reusesInodes: false, holdAnswer: 'refused', steps, ...more });

export const regressions: Readonly<Record<string, History>> = {
  'a file edited on one computer while the other set its executable bit was compared for ever (F61)': history([
    write(0, 'a.txt', 'A0001-texttext'), sync([0]), sync([1]), sync([1]), user(0, { do: 'executable', path: 'a.txt' }), write(1, 'a.txt', 'A0002-texttext'), sync([0]), sync([1]),
  ], { store: 'deleteIgnoresConditions' }),
  'a damaged download of an object that another program wrote was taken for what it wrote (F43, F65)': history([
    sync([0]), sync([1]), { kind: 'foreign', act: { do: 'put', key: 'c.txt', text: 'x0001-texttext' } },
    sync([1], [{ device: 1, at: 'request', nth: 2, mishap: { what: 'flip-byte' } }]),
  ]),
  'a file that had to give way to a folder never did when its renamed copy had come down first (F02, F35)': history([
    write(0, 'dir/a', 'A0001-texttext'), sync([0]), sync([1]), { kind: 'foreign', act: { do: 'putFolder', key: 'dir/a/' } },
    sync([1], [{ device: 1, at: 'effect', nth: 1, mishap: { what: 'kill' } }]), sync([0]),
  ]),
  'a file that could be read again was called unreadable for ever (F12)': history([
    write(0, 'e.bin', 'A0002-texttext'), sync([0, 1]), user(0, { do: 'unreadable', path: 'e.bin' }), sync([0, 1]),
  ], { store: 'deleteIgnoresConditions', concurrency: 2 }),
};
