/** Archive and thaw of the whole service on moto: fifty files go to the archive by a migration, come back by the queue, and a restart in the middle forgets none (B3). */
import { mkdir, mkdtemp, readFile, rm, writeFile, access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Core } from './app/core.ts';
import type { Caller } from './app/handlers.ts';
import { silentLogger } from './base/logger.ts';
import { composeCore } from './compose.ts';
import { startMoto } from './testing/servers.ts';
import { wakingClock } from './testing/waking-clock.ts';

const moto = await startMoto();
if (moto.server === null && process.env['CI'] === 'true') throw new Error(moto.reason);
const fileCount = 50;
const owner: Caller = { who: 'owner', sessionId: 'test' };
let folder: string;
let core: Core;

const clock = wakingClock();
const hourMs = 3_600_000;
const open = (): Promise<Core> => composeCore({ dataDir: path.join(folder, 'data'), deviceName: 'A', env: { STRATA_SECRET_KEY: 'a passphrase for tests' }, logger: silentLogger }, { clock });
const place = (bucket: string) => ({ address: `s3://${bucket}?endpoint=${moto.server?.endpoint ?? ''}&region=us-east-1`, keys: { accessKeyId: moto.server?.accessKey ?? '', secretAccessKey: moto.server?.secretKey ?? '' } });
const sync = () => core.handlers.syncOnce({ folder: path.join(folder, 'A'), place: place('warm'), cold: place('cold'), device: 'A', approveCounts: false }, owner);
const isHere = (name: string): Promise<boolean> => access(path.join(folder, 'A', 'f', name)).then(() => true, () => false);

beforeAll(async () => {
  if (moto.server === null) return;
  folder = await mkdtemp(path.join(tmpdir(), 'strata-archive-'));
  await mkdir(path.join(folder, 'A', 'f'), { recursive: true });
  for (let at = 0; at < fileCount; at += 1) await writeFile(path.join(folder, 'A', 'f', `${at}.txt`), `content ${at}`);
  await moto.server.makeBucket('warm');
  await moto.server.makeBucket('cold');
  core = await open();
});
afterAll(async () => {
  await core?.close();
  await moto.server?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** The computer sleeps, wakes, and looks at what became due. */
async function sleeps(ms: number): Promise<void> {
  clock.slept(ms);
  await core.handlers.powerChanged({ event: 'resume' }, owner);
}
const queue = () => core.handlers.readThaws({ limit: 200 }, owner);
const inState = async (state: string): Promise<number> => (await queue()).thaws.filter((thaw) => thaw.state === state).length;
/** The next time that the queue was worked off. */
const lookedAfter = (): Promise<void> => new Promise((resolve) => {
  const stop = core.bus.subscribe((envelope) => {
    if (envelope.name !== 'thaws') return;
    stop();
    resolve();
  });
});

describe.skipIf(moto.server === null)(`archives on moto${moto.reason === null ? '' : ` (skipped: ${moto.reason})`}`, () => {
  it('B3: fifty files go to the archive by a migration; read there, they say where they are', { timeout: 60_000 }, async () => {
    expect((await sync()).summary).toMatchObject({ uploaded: fileCount, failed: 0 });
    const rootId = (await core.handlers.readStatus({}, owner)).roots[0]?.id ?? '';
    await core.handlers.writeTiers({ rootId, settings: { rules: [{ name: 'Archive', folder: '', pattern: null, unusedDays: 0, atLeastBytes: 0, storageClass: 'GLACIER' }], deleteFromWarm: true, despiteFees: true } }, owner);
    expect(await core.handlers.evict({ rootId, paths: ['f'] }, owner)).toMatchObject({ files: fileCount, left: [] });
    expect(await core.handlers.runTiers({ rootId }, owner)).toMatchObject({ moved: fileCount, failed: 0 });
    expect((await core.handlers.fetchEntries({ rootId, paths: ['f/0.txt'] }, owner)).left[0]?.reason.code).toBe('object_archived');
    const plan = await core.handlers.previewThaw({ rootId, paths: ['f'], days: 2 }, owner);
    expect(plan).toMatchObject({ files: fileCount, prices: 'Your own server', byClass: { GLACIER: { files: fileCount } } });
    expect(plan.speeds.map((offer) => offer.price)).toEqual([0, 0, 0]);
  });
  it('they are asked for, looked after through a restart, arrive, and say until when', { timeout: 60_000 }, async () => {
    const rootId = (await core.handlers.readStatus({}, owner)).roots[0]?.id ?? '';
    // Each is under way at its first look and readable at its second: whoever is never looked at never arrives.
    await moto.archive?.setRestoreLooks(1);
    expect(await core.handlers.startThaw({ rootId, paths: ['f'], speed: 'bulk', days: 2, toDisk: true }, owner)).toMatchObject({ files: fileCount, failed: 0 });
    expect(await queue()).toMatchObject({ comingFiles: fileCount, price: 0 });
    expect(await core.handlers.startThaw({ rootId, paths: ['f'], speed: 'bulk', days: 2, toDisk: true }, owner)).toMatchObject({ files: 0, alreadyComing: fileCount });
    await core.close();

    core = await open();
    const notices: string[] = [];
    core.bus.subscribe((envelope) => void (envelope.name === 'notice' && notices.push((envelope.data as { kind: string }).kind)));
    await core.startSync();
    expect(await queue()).toMatchObject({ comingFiles: fileCount, thaws: expect.arrayContaining([expect.objectContaining({ path: 'f/17.txt', state: 'waiting', untilMs: null })]) });
    const [expected] = (await queue()).thaws;
    expect([(expected?.expectedFromMs ?? 0) - (expected?.askedAtMs ?? 0), (expected?.expectedToMs ?? 0) - (expected?.askedAtMs ?? 0)].map((ms) => Math.round(ms / hourMs))).toEqual([5, 12]);
    // Past the earliest hour a look at some says that they are under way; half an hour later some have arrived, then the others.
    const arrived: number[] = [];
    for (let round = 0; (await inState('here')) < fileCount; round += 1) {
      expect(round).toBeLessThan(20);
      const looked = lookedAfter();
      await sleeps(round === 0 ? 5 * hourMs : hourMs / 2 + 60_000);
      await looked;
      const { comingFiles, thaws } = await queue();
      expect(comingFiles + thaws.filter((thaw) => thaw.state === 'here').length).toBe(fileCount);
      arrived.push(fileCount - comingFiles);
    }
    expect(arrived.slice(0, 2)).toEqual([0, expect.any(Number)]);
    expect(await Promise.all(Array.from({ length: fileCount }, (_, at) => isHere(`${at}.txt`)))).not.toContain(false);
    expect(await readFile(path.join(folder, 'A', 'f', '17.txt'), 'utf8')).toBe('content 17');
    expect(notices).toContain('backFromArchive');
    const { thaws, comingFiles } = await queue();
    expect(comingFiles).toBe(0);
    for (const thaw of thaws) expect((thaw.untilMs ?? 0) - (thaw.readyAtMs ?? 0)).toBeGreaterThan(24 * hourMs);
    // Back on the disk, it is an ordinary file in step with its place.
    expect((await sync()).summary).toMatchObject({ uploaded: 0, downloaded: 0, deleted: 0, failed: 0 });
  });
});
