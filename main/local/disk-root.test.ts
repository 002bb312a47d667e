/** Proves the promises of a synced folder on this computer's real disk, with another program acting between its calls. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { rootActsConformance } from '../testing/root-conformance-acts.ts';
import { rootConformance, scanned, worldFor, type RootWorld } from '../testing/root-conformance.ts';
import { rootScanConformance } from '../testing/root-conformance-scans.ts';
import type { DiskCalls } from './disk-calls.ts';
import { openDiskRoot, openRootWith } from './disk-root.ts';
import { fileWorkers } from './file-workers.ts';
import { nodeCalls } from './node-calls.ts';
import { scanInWorker } from './scanner.ts';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The real calls, each announced before it is made. */
function announced(hooks: RootWorld['hooks']): DiskCalls {
  return {
    ...nodeCalls,
    rename: (from, to) => (hooks.beforeEffect?.('rename', from), nodeCalls.rename(from, to)),
    link: (from, to) => (hooks.beforeEffect?.('link', to), nodeCalls.link(from, to)),
    unlink: (path) => (hooks.beforeEffect?.('unlink', path), nodeCalls.unlink(path)),
  };
}

async function makeWorld(): Promise<RootWorld & { readonly path: string }> {
  const home = fs.mkdtempSync(`${fs.realpathSync(tmpdir())}/strata-root-`);
  const path = `${home}/root`;
  fs.mkdirSync(path);
  const at = (relative: string): string => (relative === '.' ? path : relative.startsWith('../') ? `${home}/${relative.slice(3)}` : `${path}/${relative}`);
  const parent = (relative: string): void => void fs.mkdirSync(at(relative).slice(0, at(relative).lastIndexOf('/')), { recursive: true });
  const hooks: RootWorld['hooks'] = {};
  const clock = new ManualClock(Date.now());
  const root = await openRootWith({ path, clock, logger }, { calls: announced(hooks), platform: 'linux', newId: randomUUID, scan: scanInWorker, workers: fileWorkers() });
  return {
    path,
    root,
    hooks,
    user: {
      write: (relative, text) => {
        parent(relative);
        fs.writeFileSync(at(relative), text);
      },
      text: (relative) => (fs.lstatSync(at(relative), { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(at(relative), 'utf8') : null),
      remove: (relative) => fs.rmSync(at(relative), { recursive: true }),
      rename: (from, to) => fs.renameSync(at(from), at(to)),
      mkdir: (relative) => void fs.mkdirSync(at(relative), { recursive: true }),
      symlink: (relative, target) => fs.symlinkSync(target, at(relative)),
      hardLink: (from, to) => fs.linkSync(at(from), at(to)),
      pipe: (relative) => void execFileSync('mkfifo', [at(relative)]),
      touch: (relative, mtimeNs) => fs.utimesSync(at(relative), Number(mtimeNs) / 1e9, Number(mtimeNs) / 1e9),
    },
    pass: (delayMs) => clock.pass(delayMs),
    close: async () => {
      await root.close();
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

describe.skipIf(process.platform === 'win32')('on this disk', () => {
  rootConformance('real disk', makeWorld);
  rootActsConformance('real disk', makeWorld);
  rootScanConformance('real disk', makeWorld);

  it.skipIf(process.platform !== 'linux')('names that are not text are skipped, and a name with the replacement mark is not (F33)', async () => {
    const { root, path } = await worldFor(makeWorld) as RootWorld & { path: string };
    fs.writeFileSync(Buffer.concat([Buffer.from(`${path}/bad-`), Buffer.from([0xff, 0xfe])]), '');
    fs.writeFileSync(`${path}/good-\ufffd`, '');
    expect((await scanned(root)).entries.map(({ path: relative, skipped }) => [relative, skipped?.code ?? null])).toEqual([['bad-\ufffd\ufffd', 'name_not_text'], ['good-\ufffd', null]]);
  });
  it('a root that is a link is opened where it leads; one that is missing is said so', async () => {
    const { path } = await worldFor(makeWorld) as RootWorld & { path: string };
    fs.symlinkSync(path, `${path}-link`);
    const root = await openDiskRoot({ path: `${path}-link`, clock: new ManualClock(), logger });
    expect(root.path).toBe(path);
    await root.close();
    await expect(openDiskRoot({ path: `${path}-none`, clock: new ManualClock(), logger })).rejects.toMatchObject({ code: 'root_missing' });
  });
  it('a private file stays private when it is replaced', async () => {
    const { root, path } = await worldFor(makeWorld) as RootWorld & { path: string };
    fs.writeFileSync(`${path}/a`, '1', { mode: 0o600 });
    const seen = await root.stat('a');
    const incoming = await root.receive(1);
    await incoming.write(Buffer.from('2'));
    await incoming.finish();
    expect(await root.place(incoming, 'a', { expect: seen, mtimeNs: null, executable: false, runId: 'r' })).toMatchObject({ ok: true });
    expect(fs.statSync(`${path}/a`).mode & 0o777).toBe(0o600);
  });
  it('a path 200 folders deep is scanned and hashed (F37)', async () => {
    const { root, user } = await worldFor(makeWorld);
    const deep = Array.from({ length: 200 }, (_, index) => `d${index}`).join('/');
    user.write(`${deep}/x`, 'deep');
    expect((await scanned(root)).entries.length).toBe(201);
    expect(await root.hash(`${deep}/x`)).toMatchObject({ ok: true });
  });
});

describe('workers', () => {
  it('one that dies fails its file and not the next (F07)', async () => {
    const home = fs.mkdtempSync(`${fs.realpathSync(tmpdir())}/strata-worker-`);
    fs.writeFileSync(`${home}/worker.mjs`, `import { parentPort } from 'node:worker_threads';\nparentPort.on('message', (job) => { if (job.diskPath === 'die') process.exit(1); parentPort.postMessage({ kind: 'failed', errno: 'ENOENT', text: 'gone' }); });\n`);
    const workers = fileWorkers(new URL(`file://${home}/worker.mjs`));
    const results = await Promise.allSettled(['die', 'x', 'die', 'die', 'x'].map((diskPath) => workers.hash({ path: home, identity: { device: 0n, inode: 0n }, diskPath }, { withEtags: false, signal: undefined })));
    expect(results.map((result) => (result.status === 'rejected' ? (result.reason as { code: string }).code : 'ok'))).toEqual(['disk_error', 'ENOENT', 'disk_error', 'disk_error', 'ENOENT']);
    await workers.close();
    fs.rmSync(home, { recursive: true });
  });
});
