/** Proves on the real disk that no change of a watched tree goes without a hint, or else that the loss is told. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../base/clock.ts';
import { folderWatcher, type WatcherOptions } from './watcher.ts';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let root: string;
let stop: () => Promise<void> = async () => {};
beforeEach(() => (root = fs.mkdtempSync(`${fs.realpathSync(tmpdir())}/strata-watch-`)));
afterEach(async () => {
  await stop();
  fs.rmSync(root, { recursive: true, force: true });
});

async function watching(options: Partial<WatcherOptions> = {}) {
  const quiet = quietClock();
  const seen = new Set<string>();
  const lost: string[] = [];
  let wake: (() => void)[] = [];
  const tell = (): void => {
    for (const one of wake) one();
    wake = [];
  };
  const running = await folderWatcher({ clock: quiet.clock, logger, ...options }).start(root, {
    onHint: (folders) => {
      for (const folder of folders) seen.add(folder);
      tell();
    },
    onLost: (why) => {
      lost.push(why);
      tell();
    },
  });
  stop = running.stop;
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => wake.push(resolve));
  };
  /** Nothing is gathered and no fresh folder waits for its second look: from here only the watches themselves can tell. */
  const settled = async (): Promise<void> => {
    await quiet.idle();
    seen.clear();
  };
  return { seen, lost, settled, coverage: running.coverage, until, hinted: (...folders: string[]) => until(() => folders.every((folder) => seen.has(folder))) };
}
function tree(folders: number): void {
  for (let index = 0; index < folders; index += 1) {
    fs.mkdirSync(`${root}/d${index}`);
    fs.writeFileSync(`${root}/d${index}/f`, 'x');
  }
}
function watchesOfThisProcess(): number {
  let count = 0;
  for (const name of fs.readdirSync('/proc/self/fdinfo')) {
    try {
      count += (fs.readFileSync(`/proc/self/fdinfo/${name}`, 'utf8').match(/^inotify wd/gmu) ?? []).length;
    } catch {
      // That file was closed meanwhile.
    }
  }
  return count;
}

describe('hints', () => {
  it('an in-place append, a new and a deleted file hint their folder (F26)', async () => {
    tree(3);
    const world = await watching();
    fs.appendFileSync(`${root}/d0/f`, 'more');
    fs.writeFileSync(`${root}/d1/new`, '');
    fs.unlinkSync(`${root}/d2/f`);
    await world.hinted('d0', 'd1', 'd2');
  });

  it('takes one watch per folder and none per file', async () => {
    tree(20);
    for (let index = 0; index < 200; index += 1) fs.writeFileSync(`${root}/d0/g${index}`, '');
    const before = watchesOfThisProcess();
    const world = await watching();
    expect(world.coverage).toBe('all');
    if (process.platform === 'linux') expect(watchesOfThisProcess() - before).toBe(21);
  });

  it('folders made at once with a file in the deepest are all hinted, and later changes there too (F22)', async () => {
    const world = await watching();
    fs.mkdirSync(`${root}/a/b/c`, { recursive: true });
    fs.writeFileSync(`${root}/a/b/c/file`, '1');
    await world.hinted('', 'a', 'a/b', 'a/b/c');
    await world.settled();
    fs.appendFileSync(`${root}/a/b/c/file`, '2');
    await world.hinted('a/b/c');
  });

  it('a folder deleted and made again goes on being watched (F22, Syncthing #10870)', async () => {
    tree(2);
    const world = await watching();
    fs.rmSync(`${root}/d0`, { recursive: true });
    await world.hinted('');
    fs.mkdirSync(`${root}/d0`);
    fs.writeFileSync(`${root}/d0/f`, '1');
    await world.hinted('d0');
    await world.settled();
    fs.appendFileSync(`${root}/d0/f`, '2');
    await world.hinted('d0');
  });

  it('a folder renamed, moved in and moved out hints both parents and is watched under its new name (F22)', async () => {
    tree(2);
    fs.mkdirSync(`${root}/d0/deep`);
    const outside = fs.mkdtempSync(`${fs.realpathSync(tmpdir())}/strata-outside-`);
    fs.mkdirSync(`${outside}/in/below`, { recursive: true });
    const world = await watching();
    fs.renameSync(`${root}/d0`, `${root}/d1/moved`);
    fs.renameSync(`${outside}/in`, `${root}/in`);
    await world.hinted('', 'd1', 'd1/moved', 'd1/moved/deep', 'in', 'in/below');
    await world.settled();
    fs.writeFileSync(`${root}/d1/moved/deep/x`, '');
    fs.writeFileSync(`${root}/in/below/x`, '');
    await world.hinted('d1/moved/deep', 'in/below');
    world.seen.clear();
    fs.renameSync(`${root}/in`, `${outside}/out`);
    await world.hinted('');
    fs.rmSync(outside, { recursive: true });
  });

  it('a burst of 6,000 files over 60 folders hints every folder or says that it lost some (F20)', async () => {
    tree(60);
    const world = await watching();
    for (let round = 0; round < 100; round += 1) for (let index = 0; index < 60; index += 1) fs.writeFileSync(`${root}/d${index}/n${round}`, 'x');
    await world.until(() => world.lost.length > 0 || Array.from({ length: 60 }, (_, index) => `d${index}`).every((folder) => world.seen.has(folder)));
  });

  it('a queue that may have overflowed is told as lost (F20)', async () => {
    tree(1);
    const world = await watching({ queueLimit: 100 });
    for (let index = 0; index < 200; index += 1) fs.writeFileSync(`${root}/d0/n${index}`, 'x');
    await world.until(() => world.lost.includes('overflow'));
  });

  it('says that it covers only a part when there are more folders than its budget (F21)', async () => {
    tree(5);
    fs.mkdirSync(`${root}/d0/deep`);
    const world = await watching({ maxFolders: 6 });
    expect(world.coverage).toBe('part');
    fs.writeFileSync(`${root}/d4/x`, '');
    await world.hinted('d4');
  });

  it('Strata’s own folder is never watched', async () => {
    fs.mkdirSync(`${root}/.strata`);
    const world = await watching();
    fs.writeFileSync(`${root}/.strata/own`, '');
    fs.mkdirSync(`${root}/.strata/incoming`);
    fs.writeFileSync(`${root}/last`, '');
    await world.hinted('');
    expect([...world.seen]).toEqual(['']);
  });
});

/** The system's clock, five times as fast, that tells when none of its timers is set. */
function quietClock() {
  let pending = 0;
  let waiting: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    after: (delayMs, call) => {
      pending += 1;
      const done = (): void => {
        pending -= 1;
        if (pending > 0) return;
        for (const one of waiting) one();
        waiting = [];
      };
      const cancel = systemClock.after(delayMs / 5, () => {
        call();
        done();
      });
      return () => {
        cancel();
        done();
      };
    },
  };
  return { clock, idle: () => (pending === 0 ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve))) };
}
