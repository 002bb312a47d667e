/** Share links lead to what was shared and nowhere else, for as long as they were given (F81, X1, X2, X5, X6, X11, X15). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AskRequest, Told } from './testing/door-under-test.ts';
import { formOf, openTestHub, type HubUnderTest, type Person } from './testing/hub-under-test.ts';

let world: HubUnderTest;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  world = await openTestHub();
  await world.signUp('owner@hub.test');
  ann = await world.signUp('ann@hub.test');
  bob = await world.signUp('bob@hub.test');
  await world.upload(ann, 'shown.txt', 'shown', { folder: 'shared/deep' });
  await world.upload(ann, 'other.txt', 'not shown', { folder: 'shared-not' });
  await world.upload(ann, 'beside.txt', 'beside', { folder: 'private' });
});
afterAll(() => world.close());

interface Share { readonly id: number; readonly token: string; readonly url: string; readonly has_password: boolean }
async function share(wish: object): Promise<Share> {
  const told = await world.as(ann, 'POST', '/api/shares', { body: wish });
  expect(told.status, told.text).toBe(201);
  return told.json() as unknown as Share;
}
const visit = ({ token }: Share, rest = '', request: AskRequest & { readonly method?: string } = {}): Promise<Told> => world.as(null, request.method ?? 'GET', `/api/files/public/${token}${rest}`, request);
const codeOf = (told: Told): unknown => told.json()['error_code'];
const put = (link: Share, name: string, fields = {}, rest = ''): Promise<Told> => visit(link, `/upload${rest}`, { method: 'POST', ...formOf(name, 'from a visitor', fields) });

describe('a link to a folder', () => {
  it('shows what is in it and below it, by paths that begin there', async () => {
    const link = await share({ folder: 'shared' });
    expect((await visit(link)).json()).toMatchObject({ kind: 'folder', name: 'shared', mode: 'view' });
    expect(((await visit(link, '/files')).json() as unknown as { files: { path: string }[] }).files.map(({ path }) => path)).toEqual(['deep/shown.txt']);
    expect((await visit(link, '/download?path=deep/shown.txt')).text).toBe('shown');
    expect((await put(link, 'x.txt')).status).toBe(403);
  });
  it.each(['../private/beside.txt', 'deep/../../private/beside.txt', '..%2fprivate%2fbeside.txt', '%2e%2e/private/beside.txt', '/private/beside.txt', '../shared-not/other.txt', '-not/other.txt', 'deep/shown.txt%00', 'deep%5c..%5c..%5cprivate%5cbeside.txt', './deep/shown.txt', 'deep//shown.txt', '', '.', 'user-1/x', '.strata/~library'])('the path %s leads nowhere (X1)', async (path) => {
    const told = await visit(await share({ folder: 'shared' }), `/download?path=${path}`);
    expect([400, 404]).toContain(told.status);
    expect(told.text).not.toContain('beside.txt');
  });
  it('that takes files takes them there alone, shows none, and replaces none', async () => {
    const link = await share({ folder: 'inbox', mode: 'upload' });
    expect((await put(link, 'gift.txt')).status).toBe(201);
    expect(codeOf(await put(link, 'gift.txt'))).toBe('NAME_TAKEN');
    for (const [fields, rest] of [[{ folder: 'private' }, ''], [{ folder: '../private' }, ''], [{}, '?folder=private']] as const) await put(link, 'away.txt', fields, rest);
    expect(world.bucket.sortedKeys().filter((key) => key.includes('away.txt') || key.includes('gift.txt'))).toEqual([`user-${ann.id}/inbox/away.txt`, `user-${ann.id}/inbox/gift.txt`]);
    expect([(await visit(link, '/files')).status, (await visit(link, '/download?path=gift.txt')).status]).toEqual([403, 403]);
  });
});

describe('a password', () => {
  it('is asked for by every way in, also the first look (X6), and is nowhere in plain (X15)', async () => {
    const link = await share({ folder: 'shared', password: 'open sesame' });
    const drop = await share({ folder: 'inbox', mode: 'upload', password: 'open sesame' });
    expect(link.has_password).toBe(true);
    for (const rest of ['', '/files', '/download?path=deep/shown.txt']) {
      for (const grant of ['', 'grant=', 'grant=open%20sesame', `grant=share.${link.id}.9999999999.${'A'.repeat(43)}`]) {
        const told = await visit(link, `${rest}${rest.includes('?') ? '&' : '?'}${grant}`);
        expect([rest, grant, told.status, codeOf(told)]).toEqual([rest, grant, 401, 'SHARE_LOCKED']);
        expect(told.text).not.toContain('shared');
      }
    }
    expect((await put(drop, 'x.txt')).status).toBe(401);
    const unlock = (password: string): Promise<Told> => visit(link, '/unlock', { method: 'POST', body: { password } });
    expect(codeOf(await unlock('open sesam'))).toBe('SHARE_LOCKED');
    const grant = (await unlock('open sesame')).json()['grant'] as string;
    expect((await visit(link, `/download?path=deep/shown.txt&grant=${grant}`)).text).toBe('shown');
    // For this link alone, and for a while.
    expect((await put(drop, 'x.txt', {}, `?grant=${grant}`)).status).toBe(401);
    world.clock.pass(15 * 60_000 + 1000);
    expect((await visit(link, `?grant=${grant}`)).status).toBe(401);
    const listed = await world.as(ann, 'GET', '/api/shares');
    expect(listed.text).not.toMatch(/sesame|\$2b\$/);
  });
  it('is guessed ten times by one address, also by a thousand at once, and then waits', async () => {
    const link = await share({ folder: 'shared', password: '4711' });
    const unlock = (password: string): Promise<Told> => visit(link, '/unlock', { method: 'POST', body: { password } });
    // Without the way over HTTP between them, so that they really come at once.
    const visitor = { token: link.token, grant: undefined, address: '127.0.0.1' };
    const guesses = await Promise.allSettled(Array.from({ length: 1000 }, (_, number) => world.hub.parts.shares.unlock(visitor, String(5000 + number))));
    const answers = guesses.map((told) => (told.status === 'rejected' ? (told.reason as { readonly code: string }).code : 'open'));
    expect([answers.filter((one) => one === 'share_locked').length, answers.filter((one) => one === 'too_many_tries').length]).toEqual([10, 990]);
    expect(codeOf(await unlock('4712'))).toBe('TOO_MANY_TRIES');
    expect([(await unlock('4711')).status, Number((await unlock('4711')).headers['retry-after'])]).toEqual([429, 900]);
    world.clock.pass(15 * 60_000 + 1000);
    expect((await unlock('4711')).status).toBe(200);
  });
  it('where there is none, none opens it', async () => {
    expect((await visit(await share({ folder: 'shared' }), '/unlock', { method: 'POST', body: { password: 'x' } })).status).toBe(401);
  });
});

describe('it ends', () => {
  const last = async (link: Share): Promise<unknown[]> => [(await visit(link)).status, (await visit(link, '/download?path=deep/shown.txt')).status, (await put(link, 'x.txt')).status];
  it('in its time, after its downloads, when taken back, and with its owner', async () => {
    const timed = await share({ folder: 'shared', expires_at: new Date(world.clock.nowMs() + 60_000).toISOString() });
    expect((await visit(timed)).status).toBe(200);
    world.clock.pass(60_000);
    expect(await last(timed)).toEqual([404, 404, 404]);
    const few = await share({ folder: 'shared', most_downloads: 2 });
    const tries = await Promise.all(Array.from({ length: 6 }, () => visit(few, '/download?path=deep/shown.txt')));
    expect(tries.filter((told) => told.status === 200)).toHaveLength(2);
    const back = await share({ folder: 'shared' });
    expect((await world.as(bob, 'DELETE', `/api/shares/${back.id}`)).status).toBe(404);
    expect((await world.as(ann, 'DELETE', `/api/shares/${back.id}`)).status).toBe(200);
    expect(await last(back)).toEqual([404, 404, 404]);
    const owner = await world.logIn('owner@hub.test');
    const orphan = await share({ folder: 'shared' });
    await world.as(owner, 'PUT', `/api/users/${ann.id}`, { body: { disabled: true } });
    expect(await last(orphan)).toEqual([404, 404, 404]);
    await world.as(owner, 'PUT', `/api/users/${ann.id}`, { body: { disabled: false } });
    ann = await world.logIn('ann@hub.test');
    expect((await visit(orphan)).status).toBe(200);
  });
  it('a file that goes to the trash is not given out', async () => {
    const id = (await world.upload(ann, 'gone.txt', 'gone', { folder: 'g' })).json()['id'] as number;
    const link = await share({ file_id: id });
    expect((await visit(link, '/download')).text).toBe('gone');
    await world.as(ann, 'DELETE', `/api/files/${id}`);
    expect([(await visit(link)).status, (await visit(link, '/download')).status]).toEqual([404, 404]);
  });
});

it('nobody shares what is not theirs, and names are only text (X5, X11)', async () => {
  const id = (await world.upload(ann, 'mine.txt', 'mine', { folder: 'm' })).json()['id'] as number;
  expect((await world.as(bob, 'POST', '/api/shares', { body: { file_id: id } })).status).toBe(403);
  for (const wish of [{ folder: '../user-1' }, { folder: '/' }, { folder: '.strata' }, {}, { file_id: id, folder: 'm' }, { file_id: id, mode: 'upload' }, { folder: 'm', expires_at: '2000-01-01T00:00:00Z' }, { folder: 'm', password: 'abc' }, { folder: 'm', most_downloads: 0 }]) {
    expect([wish, [400, 409].includes((await world.as(ann, 'POST', '/api/shares', { body: wish })).status)]).toEqual([wish, true]);
  }
  const evil = '<img src=x onerror=alert(1)>';
  const told = await visit(await share({ folder: evil }));
  expect([told.json()['name'], told.headers['content-type'], told.headers['x-content-type-options']]).toEqual([evil, 'application/json; charset=utf-8', 'nosniff']);
});

it('as many links as the list shows, so that each can be taken back', async () => {
  const dan = await world.signUp('dan@hub.test');
  const make = async () => world.as(dan, 'POST', '/api/shares', { body: { folder: 'd' } });
  for (let number = 0; number < 1000; number += 1) await make();
  expect(codeOf(await make())).toBe('LIMIT_REACHED');
  const { shares } = (await world.as(dan, 'GET', '/api/shares')).json() as unknown as { shares: { id: number }[] };
  expect([shares.length, (await world.as(dan, 'DELETE', `/api/shares/${shares.at(-1)?.id ?? 0}`)).status, (await make()).status]).toEqual([1000, 200, 201]);
});
it('every use is noted for whose link it is, and for nobody else', async () => {
  const link = await share({ folder: 'shared' });
  await visit(link, '/download?path=deep/shown.txt');
  const uses = (person: Person): Promise<Told> => world.as(person, 'GET', `/api/shares/${link.id}/uses`);
  expect((await uses(ann)).json()['uses']).toEqual([{ at: expect.any(String) as string, address: '127.0.0.1', what: 'download shown.txt' }]);
  expect((await uses(bob)).status).toBe(404);
});
it('a film that is looked at in pieces is one use within the hour; where downloads are limited each counts', async () => {
  const piece = (link: Share) => visit(link, '/download?path=deep/shown.txt', { headers: { range: 'bytes=1-2' } });
  const usedOf = async (link: Share) => {
    const listed = (await world.as(ann, 'GET', '/api/shares')).json() as unknown as { shares: { id: number; downloads: number }[] };
    return [listed.shares.find(({ id }) => id === link.id)?.downloads, ((await world.as(ann, 'GET', `/api/shares/${link.id}/uses`)).json()['uses'] as unknown[]).length];
  };
  const [open, limited] = [await share({ folder: 'shared' }), await share({ folder: 'shared', most_downloads: 3 })];
  for (let number = 0; number < 3; number += 1) for (const link of [open, limited]) expect((await piece(link)).text).toBe('ho');
  expect([await usedOf(open), await usedOf(limited), (await piece(limited)).status]).toEqual([[1, 1], [3, 3], 404]);
  world.clock.pass(3_600_000 + 1000);
  await piece(open);
  expect(await usedOf(open)).toEqual([2, 2]);
});

it.each(['A'.repeat(32), 'short', '..%2f..%2fusers', '%00', 'a'.repeat(33), `${'A'.repeat(31)}%2f`])('the token %s is no link (X10)', async (token) => {
  expect([400, 404]).toContain((await world.as(null, 'GET', `/api/files/public/${token}`)).status);
});
