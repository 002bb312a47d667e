/** Every route of the contract, from the contract's own list, tried by everybody who must not get in (F80, F81, F83, X9, X12 to X14). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandRow } from '../shared/api/contract-row.ts';
import { contract, type CommandName } from '../shared/api/contract.ts';
import { hubContract } from '../shared/api/hub-contract.ts';
import type { HubCommand } from './app/hub-handlers.ts';
import { ask, testToken, type AskRequest, type Told } from './testing/door-under-test.ts';
import { rightRequests, tus, type Blanks } from './testing/hub-requests.ts';
import { openTestHub, settle, type HubUnderTest, type Kind, type Person } from './testing/hub-under-test.ts';

let world: HubUnderTest;
let people: Readonly<Record<Kind | 'other', Person>>;
/** Everything here is the second member's. */
let foreign: Blanks;
beforeAll(async () => {
  world = await openTestHub();
  people = await settle(world);
  const file = (await world.upload(people.other, 'secret.txt', 'the secret of another')).json() as { id: number; access_url: string };
  const sessions = (await world.as(people.other, 'GET', '/api/auth/sessions')).json() as unknown as { sessions: { id: string }[] };
  const invitation = (await world.as(people.owner, 'POST', '/api/invitations', { body: {} })).json() as { id: number };
  const share = (await world.as(people.other, 'POST', '/api/shares', { body: { file_id: file.id, password: 'of the link' } })).json() as { id: number; token: string };
  const upload = await world.as(people.other, 'POST', '/api/uploads', tus({ 'upload-length': '30', 'upload-metadata': `filename ${Buffer.from('secret.bin').toString('base64')}` }));
  foreign = { version_id: 'version-1', upload_id: upload.headers.location?.split('/').at(-1) ?? '', file_id: String(file.id), session_id: sessions.sessions[0]?.id ?? '', user_id: String(people.other.id), invitation_id: String(invitation.id), link: file.access_url.split('/').at(-1) ?? '', share_id: String(share.id), token: share.token };
});
afterAll(() => world.close());

const rows = Object.entries(contract) as [CommandName, CommandRow][];
const isHub = (name: CommandName): name is HubCommand => Object.hasOwn(hubContract, name);
const pathOf = (row: CommandRow, blanks: Readonly<Record<string, string>>, prefix = '/api/v1'): string => prefix + row.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(blanks[name] ?? 'x'));
const requestOf = (name: CommandName): AskRequest => (isHub(name) ? rightRequests[name]() : {});
const isError = (told: Told, row?: CommandRow): void => {
  // An answer to HEAD has no body.
  if (row?.method === 'HEAD') return;
  expect(Object.keys(told.json()).sort(), told.text).toEqual(['detail', 'error_code']);
  expect(told.json()['error_code']).toMatch(/^[A-Z_]+$/);
};
const guarded = rows.filter(([, row]) => row.who !== 'anyone');

describe('without a session', () => {
  it.each(['/api/v1', '/api'])('nothing below %s that needs one opens, whatever token is shown', async (prefix) => {
    const b64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [head = '', body = '', mark = ''] = people.member.token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const bearers = [
      undefined, 'Bearer', 'Bearer ', 'Basic b3duZXI6b3duZXI=', 'Bearer null', 'Bearer undefined', `Bearer ${b64({ alg: 'none', typ: 'JWT' })}.${body}.`, `Bearer ${head}.${b64({ ...claims, sub: String(people.owner.id) })}.${mark}`,
      `Bearer ${head}.${body}.${mark.slice(0, -3)}AAA`, `bearer  ${people.member.token}`, `Bearer ${people.member.token} ${people.owner.token}`, `Bearer ${testToken.slice(0, -1)}`, `Bearer ${'A'.repeat(3000)}`,
    ];
    // The same handlers behind both prefixes: the second is tried with a few.
    const shown = prefix === '/api' ? bearers.slice(6, 9) : bearers;
    for (const [name, row] of guarded) {
      for (const authorization of shown) {
        const told = await world.as(null, row.method, pathOf(row, { ...foreign }, prefix), { ...requestOf(name), headers: { ...requestOf(name).headers, authorization } });
        expect([name, authorization?.slice(0, 30), told.status]).toEqual([name, authorization?.slice(0, 30), 401]);
        isError(told, row);
      }
    }
  });
  it('a token in the query or in a cookie opens nothing', async () => {
    for (const [name, row] of guarded) {
      const path = pathOf(row, { ...foreign });
      const query = await world.as(null, row.method, `${path}?access_token=${people.owner.token}&token=${testToken}`, requestOf(name));
      const cookie = await world.as(null, row.method, path, { ...requestOf(name), headers: { ...requestOf(name).headers, cookie: `__Host-strata-access=${people.owner.token}; token=${testToken}` } });
      expect([name, query.status, cookie.status]).toEqual([name, 401, 401]);
    }
  });
  it('a path written otherwise leads nowhere, or to the same guard (X12)', async () => {
    for (const [name, row] of guarded) {
      const plain = pathOf(row, { ...foreign });
      const letter = plain.lastIndexOf('/') + 1;
      const escaped = `${plain.slice(0, letter)}%${plain.charCodeAt(letter).toString(16)}${plain.slice(letter + 1)}`;
      const others = [escaped, plain.toUpperCase(), `/${plain}`, plain.replace('/api/v1/', '/api/v1//'), plain.replace('/api/v1/', '/api/v1/./'), plain.replace('/api/v1/', '/api/v1/../v1/'), plain.replace('/api/v1/', '/api%2fv1/'), `${plain}/`, `${plain};x=1`, `${plain}%00`, `${plain}%20`, `${plain}.json`, `${plain}%2f..`, plain.replaceAll('/', '\\')];
      // What is no path at all is answered before anybody knows the method, with a body that nobody who asks by HEAD reads.
      for (const path of others.filter((one) => row.method !== 'HEAD' || one.startsWith('/'))) {
        const told = await world.as(null, row.method, path, requestOf(name));
        expect([name, path, told.status >= 400 && told.status < 500]).toEqual([name, path, true]);
      }
    }
  });
});

describe('web pages and strangers', () => {
  it('a foreign Host or Origin is refused on every route, also with a right token (F83)', async () => {
    const { port } = world.door.door;
    const strange: readonly Record<string, string>[] = [
      { host: 'evil.test' }, { host: `localhost:${port}` }, { host: '127.0.0.1' }, { host: `127.0.0.1:${port}.evil.test` }, { host: `[::1]:${port}` },
      { origin: 'null' }, { origin: 'http://evil.test' }, { origin: `http://localhost:${port}` }, { origin: `https://127.0.0.1:${port}` }, { origin: `http://127.0.0.1:${port}.evil.test` },
      { host: 'evil.test', 'x-forwarded-host': `127.0.0.1:${port}` },
    ];
    for (const [name, row] of rows) {
      for (const headers of strange) {
        const told = await world.as(people.owner, row.method, pathOf(row, { ...foreign }), { ...requestOf(name), headers: { ...requestOf(name).headers, ...headers } });
        expect([name, headers, told.status]).toEqual([name, headers, 403]);
      }
    }
  });
  it('a body of another kind is refused before it is read (X14)', async () => {
    for (const [name, row] of rows.filter(([, one]) => one.method !== 'GET' && one.extras.form === undefined)) {
      for (const type of ['application/json;', 'application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded', 'Application/JSON', 'multipart/form-data; boundary=x']) {
        const told = await world.as(people.owner, row.method, pathOf(row, { ...foreign }), { rawBody: '{}', headers: { 'content-type': type } });
        expect([name, type, told.status]).toEqual([name, type, 415]);
      }
    }
  });
  it('no state changes by GET', async () => {
    for (const [name, row] of rows.filter(([, one]) => one.method !== 'GET')) {
      const told = await world.as(people.owner, 'GET', pathOf(row, { ...foreign }));
      const sameByGet = rows.some(([, other]) => other.method === 'GET' && new RegExp(`^${other.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(row.path));
      expect([name, sameByGet || told.status === 404]).toEqual([name, true]);
    }
  });
});

describe('with a session of the wrong kind', () => {
  it('an account never reaches what is this computer’s, not even the hub’s owner (X9)', async () => {
    for (const [name, row] of guarded.filter(([, one]) => one.who === 'session' || one.who === 'owner')) {
      for (const kind of ['owner', 'admin', 'member', 'guest'] as const) {
        const told = await world.as(people[kind], row.method, pathOf(row, {}));
        expect([name, kind, told.status]).toEqual([name, kind, 403]);
      }
    }
    expect(world.door.called).toEqual([]);
  });
  it('what is the admins’ is closed to members and guests, what writes to guests', async () => {
    for (const [name, row] of guarded.filter(([, one]) => one.who === 'admin' || one.who === 'writer')) {
      for (const kind of row.who === 'admin' ? (['member', 'guest'] as const) : (['guest'] as const)) {
        const told = await world.as(people[kind], row.method, pathOf(row, { ...foreign }), requestOf(name));
        expect([name, kind, told.status]).toEqual([name, kind, 403]);
      }
    }
  });
  it('the owner’s own bearer from elsewhere is nobody’s', async () => {
    const shared = await openTestHub({ env: { PUBLIC_URL: 'https://hub.test', SIGNUP: 'open' } });
    const told = await ask(shared.door.door.port, 'GET', '/api/v1/status', { headers: { host: 'hub.test' } });
    expect([told.status, (await ask(shared.door.door.port, 'GET', '/api/v1/status')).status]).toEqual([401, 200]);
    await shared.close();
  });
});

describe('foreign things (F81)', () => {
  it('the list of blanks knows every blank of the contract', () => {
    const names = new Set(Object.values(hubContract as Readonly<Record<string, CommandRow>>).flatMap((row) => [...row.path.matchAll(/:(\w+)/g)].map(([, name]) => name)));
    expect([...names].sort()).toEqual(Object.keys(foreign).sort());
  });
  it('no route gives or changes another member’s things', async () => {
    for (const [name, row] of rows.filter(([one, { path, who }]) => isHub(one) && path.includes(':') && who !== 'anyone')) {
      for (const kind of ['guest', 'member', ...(row.who === 'admin' ? [] : (['admin', 'owner'] as const))] as const) {
        const told = await world.as(people[kind], row.method, pathOf(row, { ...foreign }), requestOf(name));
        expect([name, kind, [403, 404].includes(told.status)]).toEqual([name, kind, true]);
        expect(told.text).not.toContain('secret');
        isError(told, row);
      }
    }
    expect((await world.as(people.other, 'GET', `/api/files/${foreign.file_id}/download`)).text).toBe('the secret of another');
    expect((await world.as(people.other, 'GET', `/api/uploads/${foreign.upload_id}`)).json()).toMatchObject({ state: 'receiving', offset: 0 });
    expect((await world.as(people.other, 'GET', '/api/auth/me')).json()['disabled_at']).toBeNull();
  });
  it('a signed link opens its file alone, unaltered, and for 15 minutes up to the next full one', async () => {
    const [user = '', file = '', until = '', mark = ''] = foreign.link.split('.');
    const mine = ((await world.upload(people.member, 'mine.txt', 'mine')).json() as { id: number }).id;
    const altered = [`${user}.${mine}.${until}.${mark}`, `${people.member.id}.${file}.${until}.${mark}`, `${user}.${file}.${Number(until) + 1}.${mark}`, `${user}.${file}.${until}.${mark.slice(0, -1)}`, `${user}.${file}.${until}.${'A'.repeat(43)}`, `0${foreign.link}`, `${foreign.link}=`, `${foreign.link}%00`, `..%2f${foreign.link}`];
    expect((await world.as(null, 'GET', `/api/files/link/${foreign.link}`)).text).toBe('the secret of another');
    for (const link of altered) expect([link, (await world.as(null, 'GET', `/api/files/link/${link}`)).status >= 400]).toEqual([link, true]);
    world.clock.pass(16 * 60_000);
    expect((await world.as(null, 'GET', `/api/files/link/${foreign.link}`)).status).toBe(404);
    world.clock.pass(-16 * 60_000);
  });
  it('no admin makes itself an owner, by role, invitation or reset', async () => {
    const asAdmin = async (method: string, path: string, body: object) => (await world.as(people.admin, method, path, { body })).status;
    expect(await asAdmin('PUT', `/api/users/${people.admin.id}`, { role: 'owner' })).toBe(403);
    expect(await asAdmin('PUT', `/api/users/${people.owner.id}`, { disabled: true })).toBe(403);
    expect(await asAdmin('POST', `/api/users/${people.owner.id}/reset`, {})).toBe(403);
    expect(await asAdmin('POST', '/api/invitations', { role: 'admin' })).toBe(403);
    expect(await asAdmin('POST', '/api/invitations', { role: 'owner' })).toBe(400);
    expect((await world.as(people.owner, 'PUT', `/api/users/${people.owner.id}`, { body: { role: 'member' } })).json()['error_code']).toBe('LAST_OWNER');
  });
  it('the same requests made right succeed', async () => {
    const told = await world.as(people.other, 'GET', `/api/files/${foreign.file_id}`);
    expect([told.status, (await world.as(people.owner, 'GET', '/api/users')).status, (await world.as(null, 'GET', '/api/hello?nonce=0123456789abcdef')).status]).toEqual([200, 200, 200]);
  });
});
