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
  'a save that put its time back, an instant before the file was replaced, went to the trash without a copy beside it (F25, F30)': history([
    write(0, 'b.txt', 'A0001-texttexttext'), sync([0]), sync([1]), write(0, 'a.txt', 'A0004-texttext'), user(0, { do: 'swap', path: 'dir/a.txt', to: 'b.txt' }), user(0, { do: 'save', path: 'b.txt', text: 'A0005-texttext' }), sync([0, 1, 2]),
    sync([1], [
      { device: 1, at: 'commit', nth: 21, mishap: { what: 'user', act: { do: 'writeUnnoticed', path: 'b.txt', text: 'A0007-texttext' }, device: 1, here: true } },
      { device: 1, at: 'request', nth: 9, mishap: { what: 'lose-answer' } }, { device: 1, at: 'request', nth: 1, mishap: { what: 'end-early' } },
    ]),
  ], { seed: 43, devices: 3, store: 'hidesFolders', concurrency: 4, reusesInodes: true, holdAnswer: 'approved' }),
  'a file that failed while the clock ran a day ahead was not tried again for a day (F12, F49)': history([
    { kind: 'live', devices: [0, 1], turns: 433484975, forMs: 8000, faults: [{ device: 1, at: 'request', nth: 12, mishap: { what: 'lose-answer' } }], acts: [
      { afterMs: 0, device: 0, act: { do: 'write', path: 'e.bin', text: 'A0007-texttext' } }, { afterMs: 0, device: 0, act: { do: 'replaceByFile', path: 'dir/a', text: 'A0008-texttext' } },
      { afterMs: 2500, device: 0, act: { do: 'rename', path: 'other/a.txt', to: 'e.bin' } },
    ] },
    { kind: 'clock', device: 1, jumpMs: 86_400_000 }, user(1, { do: 'unreadable', path: 'e.bin' }), sync([0, 1]),
  ], { seed: 14, store: 'nothingButPut', concurrency: 2, reusesInodes: true }),
  'a folder whose disk was away at the start was refused for ever, also when the disk was there again (F14)': history([
    sync([0, 1]), { kind: 'live', devices: [0, 1], turns: 1, acts: [], forMs: 200, faults: [] }, { ...sync([0, 1]), wrong: { device: 0, what: 'rootUnmounted' } } as Step,
  ]),
  'a file that may not be read and was then ignored kept its folder from being in step (F12)': history([
    write(0, 'other/a.txt', 'A0003-texttexttext'), sync([0]), sync([1]), user(1, { do: 'unreadable', path: 'other/a.txt' }), sync([1], [{ device: 1, at: 'effect', nth: 5, mishap: { what: 'powerFails' } }]), user(1, { do: 'ignore', pattern: 'other/' }),
  ], { devices: 4, store: 'deleteIgnoresConditions' }),
  'a save the moment a download had its name was taken for the download, and the next version replaced it (F25, F30)': history([
    write(0, 'b.txt', 'A0001-texttexttext'),
    write(0, 'a.txt', 'the same everywhere'),
    write(0, 'dir/b.txt', 'A0002-texttext'),
    sync([0]),
    user(1, { do: 'remove', path: 'dir/sub' }),
    { kind: 'foreign', act: { do: 'put', key: 'dir/a.txt', text: 'x0003-texttext' } },
    { kind: 'foreign', act: { do: 'putFolder', key: 'empty/' } },
    sync([1], [{ device: 1, at: 'request', nth: 18, mishap: { what: 'busy' } }]),
    sync([0], [{ device: 0, at: 'effect', nth: 21, mishap: { what: 'powerFailsAndCommitsAreLost' } }]),
    user(0, { do: 'remove', path: 'c.txt' }),
    write(0, 'a.txt', 'A0004-texttexttext'),
    { kind: 'live', devices: [0, 1], turns: 225465512, acts: [{ afterMs: 90, device: 0, act: { do: 'append', path: 'other/a.txt', text: 'A0006-texttext' } }], forMs: 8000, faults: [{ device: 1, at: 'effect', nth: 30, mishap: { what: 'user', act: { do: 'rename', path: 'c.txt', to: 'other/a.txt' }, device: 1, here: true } }] },
  ], { seed: 1197, concurrency: 4 }),
  'a flipped bit in the mark of the place, at the moment of pairing, paired the folder with a library that is nowhere (F43)': history([
    sync([1], [{ device: 1, at: 'request', nth: 4, mishap: { what: 'slow', ms: 70000 } }]),
    write(0, 'other/a.txt', ''),
    sync([0, 1], [{ device: 0, at: 'request', nth: 3, mishap: { what: 'flip-byte' } }]),
    user(0, { do: 'replaceByFile', path: 'other', text: 'A0007-texttext' }),
  ], { seed: 1736, store: 'hidesFolders', holdAnswer: 'approved' }),
  'a file that got the name of a folder which a link keeps on one computer was downloaded there again and again (F35)': history([
    user(1, { do: 'link', path: 'dir/sub/c.txt' }), user(0, { do: 'save', path: 'dir/b.txt', text: 'A0002-texttext' }),
    sync([0, 1], [{ device: 1, at: 'effect', nth: 21, mishap: { what: 'powerFailsAndCommitsAreLost' } }]), user(0, { do: 'replaceByFile', path: 'dir', text: 'A0007-texttext' }),
  ], { seed: 1358, store: 'hidesFolders', concurrency: 4, reusesInodes: true }),
  'a folder that could not be removed and was wanted again kept its failure for ever (F12)': history([
    write(0, 'other/a.txt', 'A0001-texttext'), write(0, 'dir/sub/c.txt', 'A0004-texttext'), user(1, { do: 'touch', path: 'dir/a.txt' }), user(0, { do: 'rename', path: 'a.txt', to: 'a.txt' }), user(1, { do: 'ignore', pattern: 'dir/sub' }), sync([0, 1, 2]),
    user(1, { do: 'replaceByFile', path: 'other', text: 'A0006-texttext' }),
    sync([0, 1, 2], [
      { device: 2, at: 'request', nth: 10, mishap: { what: 'user', act: { do: 'writeUnnoticed', path: 'b.txt', text: 'A0007-texttext' }, device: 1, here: true } },
      { device: 0, at: 'effect', of: 'unlink', nth: 4, mishap: { what: 'user', act: { do: 'append', path: 'e.bin', text: 'A0008-texttexttext' }, device: 0, here: true } },
      { device: 0, at: 'request', nth: 23, mishap: { what: 'lose-answer' } },
    ]),
    user(2, { do: 'truncateThenWrite', path: 'other/a.txt', text: 'A0009-texttext' }), { kind: 'foreign', act: { do: 'move', key: 'dir/sub/c.txt', to: 'dir/b.txt' } },
    sync([0, 1, 2], [{ device: 0, at: 'effect', nth: 17, mishap: { what: 'diskError', code: 'EMFILE' } }, { device: 1, at: 'request', nth: 5, mishap: { what: 'omit-entry' } }]),
  ], { seed: 2810, devices: 3, store: 'versioned', concurrency: 4 }),
  'a save that met the move of its file to the trash, and could not be put back because the disk failed, stayed in the trash (F12, F25)': history([
    write(0, 'dir/a.txt', 'A0003-texttext'),
    sync([0]),
    sync([1]),
    { kind: 'clock', device: 0, jumpMs: -86400000 },
    user(1, { do: 'remove', path: 'dir/a.txt' }),
    sync([0, 1]),
    sync([0], [{ device: 0, at: 'request', nth: 6, mishap: { what: 'end-early' } }, { device: 0, at: 'effect', nth: 8, mishap: { what: 'diskError', code: 'EIO' } }, { device: 0, at: 'effect', of: 'rename', nth: 1, mishap: { what: 'user', act: { do: 'save', path: 'dir/sub/c.txt', text: 'A0007-texttexttext' }, device: 0, here: true } }]),
  ], { store: 'nothingButPut', concurrency: 2 }),
  'a download cut off between its two names was agreed on before its name was on the disk, and a power failure made a deletion of it (F02, F12)': history([
    sync([1]),
    user(0, { do: 'save', path: 'dir/sub/c.txt', text: 'A0007-texttext' }),
    sync([0]),
    sync([1], [{ device: 1, at: 'request', nth: 11, mishap: { what: 'foreign', act: { do: 'put', key: 'other/a.txt', text: 'x0009-texttext' } } }, { device: 1, at: 'effect', nth: 13, mishap: { what: 'diskError', code: 'EIO' } }]),
    sync([1], [{ device: 1, at: 'request', nth: 13, mishap: { what: 'refuse' } }, { device: 1, at: 'commit', nth: 4, mishap: { what: 'powerFailsAndCommitsAreLost' } }]),
  ], { store: 'versioned', concurrency: 3, holdAnswer: 'approved' }),
  'a folder that could not be read once was left alone for ever (F12)': history([
    write(0, 'c.txt', 'A0002-texttext'),
    write(0, 'dir/a', 'A0003-texttexttext'),
    sync([0]),
    sync([1]),
    user(0, { do: 'holdOpen', path: 'a.txt' }),
    user(1, { do: 'replaceByFile', path: 'dir', text: 'A0005-texttext' }),
    write(0, 'other/a.txt', 'A0006-texttext'),
    sync([0], [{ device: 0, at: 'request', of: 'put', mishap: { what: 'lose-answer' }, nth: 1 }, { device: 0, at: 'request', nth: 21, mishap: { what: 'kill' } }, { device: 0, at: 'read', nth: 31, mishap: { what: 'diskError', code: 'ENOSPC' } }]),
  ], { store: 'deleteIgnoresConditions', concurrency: 2, reusesInodes: true }),
  'a file that could not be looked at once was left alone as a folder for ever (F12)': history([
    write(0, 'dir/sub/c.txt', 'A0003-texttext'),
    write(0, 'a.txt', 'A0004-texttext'),
    sync([0]),
    sync([1]),
    sync([1], [{ device: 1, at: 'read', nth: 32, mishap: { what: 'diskError', code: 'ENOSPC' } }]),
  ], { reusesInodes: true, holdAnswer: 'approved' }),
  'a file that went to the cold store before another computer had it was buried by that as an outdated copy (F70)': history([
    user(1, { do: 'save', path: 'b.txt', text: 'M0938-beside' }),
    { kind: 'migrate', device: 2, drop: false, beside: [1], turns: 0, faults: [] },
    sync([2]),
    user(2, { do: 'rotate', path: 'b.txt', to: 'a.txt' }),
    sync([2, 0]),
    { kind: 'migrate', device: 2, drop: true, beside: [1], turns: 813037747, faults: [] },
  ], { devices: 3, store: 'nothingButPut', concurrency: 4, holdAnswer: 'approved', cold: 'versioned' }),
  'an edit that went to the cold store before another computer had it was buried by that as an outdated copy (F70)': history([
    user(1, { do: 'save', path: 'dir/sub/c.txt', text: 'A0002-texttext' }),
    { kind: 'migrate', device: 0, drop: true, beside: [], turns: 0, faults: [] },
    sync([1], [{ device: 1, at: 'effect', of: 'link', nth: 1, mishap: { what: 'user', act: { do: 'append', path: 'dir/b.txt', text: 'A0003-texttext' }, device: 1, here: true } }]),
    user(1, { do: 'rotate', path: 'dir/sub/c.txt', to: 'dir/b.txt' }),
    sync([1], [{ device: 1, at: 'effect', of: 'rename', mishap: { what: 'powerFailsAndCommitsAreLost' }, nth: 2 }]),
    { kind: 'migrate', device: 1, drop: true, beside: [0], turns: 0, faults: [] },
  ], { store: 'versioned', concurrency: 2, reusesInodes: true, cold: 'plain' }),
  'a file that only the cold store has got a name there that another computer gave to a new file at that instant, and was hidden by it (F61, F70)': history([
    user(0, { do: 'save', path: 'dir/sub/c.txt', text: 'M0399-beside' }),
    sync([0]),
    sync([2]),
    { kind: 'migrate', device: 2, drop: true, beside: [], turns: 0, faults: [] },
    { kind: 'live', devices: [0, 1, 2, 3], turns: 418847328, acts: [{ afterMs: 0, device: 3, act: { do: 'remove', path: 'dir/a' } }, { afterMs: 400, device: 2, act: { do: 'swap', path: 'b.txt', to: 'dir/a.txt' } }, { afterMs: 2500, device: 0, act: { do: 'remove', path: 'other' } }, { afterMs: 5, device: 1, act: { do: 'append', path: 'e.bin', text: 'the same everywhere' } }], forMs: 8000, faults: [{ device: 0, at: 'request', nth: 13, mishap: { what: 'busy' } }] },
    user(1, { do: 'rename', path: 'dir/sub/c.txt', to: 'other/a.txt' }),
    user(2, { do: 'save', path: 'other/a.txt', text: 'A0003-texttext' }),
    { kind: 'sync', devices: [0, 1, 2], turns: 114600612, faults: [{ device: 0, at: 'request', of: 'while upload', mishap: { what: 'kill' }, nth: 3 }, { device: 0, at: 'effect', nth: 16, mishap: { what: 'user', act: { do: 'write', path: 'b.txt', text: 'A0004-texttexttext' }, device: 0, here: true } }] },
  ], { devices: 4, store: 'versioned', reusesInodes: true, holdAnswer: 'approved', cold: 'versioned' }),
  'a computer whose own note came cut off was taken for one put back from a backup (F43)': history([
    user(1, { do: 'remove', path: 'dir/a' }),
    sync([1]),
    user(1, { do: 'remove', path: 'dir' }),
    sync([0, 1]),
    { kind: 'loseIndex', device: 1 },
    sync([0, 1], [{ device: 0, at: 'request', of: 'while moveRemote', mishap: { what: 'kill' }, nth: 3 }, { device: 1, at: 'request', nth: 2, mishap: { what: 'end-early' } }, { device: 1, at: 'request', nth: 9, mishap: { what: 'flip-byte' } }]),
  ], { concurrency: 3 }),
  'an ignored folder was forgotten when it went in the place, until the next whole look (F61)': history([
    user(1, { do: 'mkdir', path: 'other' }),
    user(0, { do: 'ignore', pattern: 'other/' }),
    sync([0], [{ device: 0, at: 'effect', nth: 27, mishap: { what: 'user', act: { do: 'rename', path: 'a.txt', to: 'c.txt' }, device: 1, here: true } }, { device: 0, at: 'effect', of: 'unlink', nth: 22, mishap: { what: 'user', act: { do: 'write', path: 'dir/sub/c.txt', text: 'A0008-texttext' }, device: 0, here: true } }, { device: 0, at: 'effect', nth: 4, mishap: { what: 'user', act: { do: 'mkdir', path: 'other' }, device: 0, here: false } }]),
    sync([0, 1]),
    user(1, { do: 'remove', path: 'other' }),
  ], { store: 'nothingButPut', concurrency: 4, holdAnswer: 'approved' }),
  'a file in the cold store behind a version of another program was deleted with that, without a trash (F65, F70)': history([
    write(1, 'a.txt', 'A0007-texttext'),
    sync([1]),
    { kind: 'migrate', device: 1, drop: true, beside: [0], turns: 0, faults: [] },
    write(0, 'a.txt', 'A0011-texttext'),
    { kind: 'foreign', act: { do: 'put', key: 'a.txt', text: 'x0013-texttext' } },
    user(1, { do: 'truncateThenWrite', path: 'a.txt', text: 'A0014-texttexttext' }),
    sync([0]),
    user(0, { do: 'remove', path: 'a.txt' }),
  ], { store: 'nothingButPut', concurrency: 4, holdAnswer: 'approved', cold: 'deleteIgnoresConditions' }),
};
