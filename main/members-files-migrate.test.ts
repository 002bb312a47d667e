/** Members' files move to the hub's cold store: said to be there only once verified, readable and changeable wherever they lie, in every race and after a failure (H5, H9, rules 4, 7). */
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from './base/app-error.ts';
import { readHubSettings } from './app/hub-settings.ts';
import { hubEnv, openTestHub, type HubUnderTest, type Person } from './testing/hub-under-test.ts';

let world: HubUnderTest;
let owner: Person;
let member: Person;
let isOpen = false;
afterEach(async () => {
  if (isOpen) await world.close();
  isOpen = false;
});

async function start(environment: { batchSize?: number; deleteFromWarm?: boolean } = {}): Promise<void> {
  isOpen = true;
  world = await openTestHub({ cold: true, environment: { batchSize: 10, deleteFromWarm: false, logFile: null, ...environment } });
  owner = await world.signUp('owner@hub.test');
  member = await world.signUp('member@hub.test');
}
const upload = async (name: string, content: string, folder = 'f'): Promise<number> => ((await world.upload(member, name, content, { folder })).json() as { id: number }).id;
const migrate = async (): Promise<Record<string, unknown>> => (await world.as(owner, 'POST', '/api/files/migrate', { body: {} })).json() as Record<string, unknown>;
interface Listed { readonly id: number; readonly filename: string; readonly storage_location: string; readonly synced_at: string | null }
const files = async (): Promise<Listed[]> => ((await world.as(member, 'GET', '/api/files?sort=name')).json() as unknown as { files: Listed[] }).files;
const saveElsewhere = (path: string, text: string): void => void world.bucket.write(`user-${member.id}/${path}`, text);
const content = async (id: number): Promise<string> => (await world.as(member, 'GET', `/api/files/${id}/download`)).text;
const keys = (store: 'bucket' | 'cold'): string[] => (world[store]?.sortedKeys() ?? []).filter((key) => key.startsWith('user-')).map((key) => key.replace(/^user-\d+\//, ''));

describe('H5: the migration', () => {
  it('copies in batches, one that fails is tried again, and says where each file is; the second run does nothing', async () => {
    await start();
    for (let at = 0; at < 25; at += 1) await upload(`${String(at).padStart(2, '0')}.txt`, `content ${at}`);
    const failures = new Map<string, number>();
    world.faults.coldHook = (verb, key) => {
      if (verb !== 'put' || !key.endsWith('/07.txt')) return undefined;
      failures.set(key, (failures.get(key) ?? 0) + 1);
      if (failures.get(key) === 1) throw new AppError('store_error');
      return undefined;
    };
    expect(await migrate()).toMatchObject({ copied: 25, moved: 0, failed: 0, left: 0, is_busy: false });
    expect([...failures.values()]).toEqual([2]);
    expect(keys('cold')).toEqual(keys('bucket'));
    for (const file of await files()) expect([file.storage_location, file.synced_at]).toEqual(['s3', expect.stringMatching(/^2026/)]);
    expect(await migrate()).toMatchObject({ copied: 0, moved: 0, failed: 0, left: 0 });
  });
  it('takes the warm ones away when it is told to; they stay listed and are read, renamed, changed and deleted from where they are', async () => {
    await start({ deleteFromWarm: true });
    const [a, b, c] = [await upload('a.txt', 'one'), await upload('b.txt', 'two'), await upload('c.txt', 'three')];
    expect(await migrate()).toMatchObject({ moved: 3, copied: 0, failed: 0 });
    expect([keys('bucket'), keys('cold')]).toEqual([[], ['f/a.txt', 'f/b.txt', 'f/c.txt']]);
    world.clock.pass(60_000);
    expect((await files()).map((file) => file.filename)).toEqual(['a.txt', 'b.txt', 'c.txt']);
    expect(await content(a)).toBe('one');
    expect((await world.as(member, 'POST', `/api/files/${b}/move`, { body: { filename: 'renamed.txt' } })).status).toBe(200);
    expect(await content(b)).toBe('two');
    // Another program, or a synced folder, puts a new version where the old one is only in the cold store.
    saveElsewhere('f/c.txt', 'changed');
    world.clock.pass(60_000);
    expect((await files()).find((file) => file.id === c)).toMatchObject({ storage_location: 'minio', synced_at: null });
    expect(await content(c)).toBe('changed');
    expect(await migrate()).toMatchObject({ moved: 1, failed: 0 });
    expect([await content(c), keys('bucket')]).toEqual(['changed', []]);
    expect((await world.as(member, 'DELETE', `/api/files/${a}`)).status).toBe(200);
    expect((await files()).map((file) => file.filename)).toEqual(['c.txt', 'renamed.txt']);
    expect((await world.as(member, 'POST', `/api/trash/${a}/restore`, { body: {} })).status).toBe(200);
    expect(await content(a)).toBe('one');
  });
  it('a save in the very moment wins, and no copy outlives it', async () => {
    await start({ deleteFromWarm: true });
    const id = await upload('a.txt', 'old');
    let isDone = false;
    world.faults.coldHook = async (verb, key) => {
      if (verb !== 'put' || isDone || !key.endsWith('/a.txt')) return undefined;
      isDone = true;
      saveElsewhere('f/a.txt', 'new');
      return undefined;
    };
    expect(await migrate()).toMatchObject({ moved: 0, left: 1 });
    world.clock.pass(60_000);
    await files();
    expect([await content(id), keys('cold')]).toEqual(['new', []]);
    expect((await files())[0]).toMatchObject({ storage_location: 'minio', synced_at: null });
    expect(await migrate()).toMatchObject({ moved: 1, left: 0 });
    expect(await content(id)).toBe('new');
  });
  it('what was copied before is taken away once that is asked for', async () => {
    await start();
    const id = await upload('a.txt', 'one');
    await migrate();
    expect(keys('bucket')).toEqual(['f/a.txt']);
    const rows = await files();
    expect(rows[0]?.storage_location).toBe('s3');
    expect(await content(id)).toBe('one');
  });
  it('a member does not start it, and a hub without a cold store says so', async () => {
    await start();
    expect((await world.as(member, 'POST', '/api/files/migrate', { body: {} })).status).toBe(403);
    await world.close();
    world = await openTestHub();
    owner = await world.signUp('owner@hub.test');
    expect((await world.as(owner, 'POST', '/api/files/migrate', { body: {} })).json()).toMatchObject({ error_code: 'NO_COLD_STORE' });
  });
});

describe('H9: the cold store by the environment', () => {
  const cold = { S3_BUCKET: 'archive', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
  it.each([
    [{}, null], [cold, { endpoint: 'https://s3.us-east-1.amazonaws.com', region: 'us-east-1', bucket: 'archive', accessKeyId: 'key', secretAccessKey: 'secret' }],
    [{ ...cold, S3_ENDPOINT: 'http://127.0.0.1:9100/', AWS_REGION: 'eu-west-1' }, { endpoint: 'http://127.0.0.1:9100', region: 'eu-west-1', bucket: 'archive', accessKeyId: 'key', secretAccessKey: 'secret' }],
  ])('%j', (env, expected) => {
    expect(readHubSettings({ ...hubEnv, ...env })?.cold).toEqual(expected);
  });
  it.each([[{ S3_BUCKET: 'archive' }, 'needs AWS_ACCESS_KEY_ID'], [{ ...cold, S3_BUCKET: hubEnv.MINIO_BUCKET, S3_ENDPOINT: `http://${hubEnv.MINIO_ENDPOINT}` }, 'must not be the warm bucket']])('refuses %j', (env, sentence) => {
    expect(() => readHubSettings({ ...hubEnv, ...env })).toThrow(sentence);
  });
});
