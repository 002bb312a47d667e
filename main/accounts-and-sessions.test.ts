/** Accounts over HTTP: who may join, what guessing leads to, and that a session ends when it is ended (F80, F84, X7, X8, M5, N6). */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Accounts } from './accounts/accounts.ts';
import { defaultLoginLimits } from './accounts/login-policy.ts';
import { createPasswords } from './accounts/passwords.ts';
import { openLogger, silentLogger } from './base/logger.ts';
import { openHubDatabase } from './database/hub/open-hub-database.ts';
import { sessionRecords } from './database/hub/session-records.ts';
import { userRecords } from './database/hub/user-records.ts';
import { HeldClock } from './testing/door-under-test.ts';
import { openTestHub, password, type HubUnderTest, type Person } from './testing/hub-under-test.ts';

async function withHub(env: Readonly<Record<string, string>>, work: (world: HubUnderTest) => Promise<void>): Promise<void> {
  const world = await openTestHub({ env });
  try {
    await work(world);
  } finally {
    await world.close();
  }
}
const signUp = (world: HubUnderTest, body: object, headers = {}) => world.as(null, 'POST', '/api/auth/signup', { body: { password, ...body }, headers });
const codeOf = (told: { json(): Record<string, unknown> }): unknown => told.json()['error_code'];

describe('joining', () => {
  it('the first is the owner; where others can reach the hub it takes the code that was printed', () => withHub({ PUBLIC_URL: 'http://hub.test' }, async (world) => {
    const code = await world.hub.door.setupCode();
    expect(codeOf(await signUp(world, { email: 'a@hub.test' }))).toBe('SETUP_CODE_NEEDED');
    expect(codeOf(await signUp(world, { email: 'a@hub.test', setup_code: `${code ?? ''}x` }))).toBe('SETUP_CODE_NEEDED');
    expect((await signUp(world, { email: 'a@hub.test', setup_code: code })).status).toBe(201);
    expect(await world.hub.door.setupCode()).toBeNull();
    // Shared means by invitation, where nothing else is said.
    expect(codeOf(await signUp(world, { email: 'b@hub.test', setup_code: code }))).toBe('SIGN_UP_CLOSED');
  }));
  it('an invitation lets one in, with its role, once, for its e-mail, in its time', () => withHub({ SIGNUP: 'invite' }, async (world) => {
    const owner = await world.signUp('owner@hub.test');
    const invite = async (body: object): Promise<string> => (await world.as(owner, 'POST', '/api/invitations', { body })).json()['invitation'] as string;
    const forAnn = await invite({ email: 'Ann@hub.test', role: 'guest' });
    expect(codeOf(await signUp(world, { email: 'bob@hub.test', invitation: forAnn }))).toBe('INVITATION_INVALID');
    const ann = await world.signUp('ann@hub.test', { invitation: forAnn });
    expect((await world.as(ann, 'GET', '/api/auth/me')).json()['role']).toBe('guest');
    expect(codeOf(await signUp(world, { email: 'cid@hub.test', invitation: forAnn }))).toBe('INVITATION_INVALID');
    const late = await invite({});
    world.clock.pass(7 * 24 * 3_600_000 + 1);
    expect(codeOf(await signUp(world, { email: 'cid@hub.test', invitation: late }))).toBe('INVITATION_INVALID');
    expect(codeOf(await signUp(world, { email: 'cid@hub.test', invitation: 'made up and long enough' }))).toBe('INVITATION_INVALID');
  }));
  it('fields that are not asked for give nothing', () => withHub({}, async (world) => {
    await world.signUp('owner@hub.test');
    const ann = await world.signUp('ann@hub.test', { role: 'owner', id: 1, user_id: 1, is_admin: true });
    expect((await world.as(ann, 'GET', '/api/auth/me')).json()).toMatchObject({ role: 'member', email: 'ann@hub.test' });
  }));
});

describe('guessing', () => {
  it('wrong account and wrong password answer alike, and both cost one comparison (X7)', async () => {
    const database = await openHubDatabase({ kind: 'sqlite', file: ':memory:' }, silentLogger);
    const records = { ...userRecords(database.db), ...sessionRecords(database.db) };
    const real = createPasswords(4);
    const compared: (string | null)[] = [];
    const accounts = new Accounts({
      records, clock: new HeldClock(), logger: silentLogger, rules: { mode: 'open', setupCode: null }, limits: defaultLoginLimits,
      passwords: { hash: real.hash, matches: (given, hashed) => { compared.push(hashed); return real.matches(given, hashed); } },
    });
    await accounts.signUp({ email: 'ann@hub.test', password });
    const device = { address: '1.1.1.1', agent: '' };
    for (const email of ['ann@hub.test', 'nobody@hub.test']) await expect(accounts.logIn({ email, password: 'wrong one' }, device)).rejects.toMatchObject({ code: 'wrong_login' });
    expect(compared.map((hashed) => hashed === null)).toEqual([false, true]);
    // X8: a thousand at once get no more tries than ten one after the other.
    compared.length = 0;
    const all = await Promise.allSettled(Array.from({ length: 1000 }, () => accounts.logIn({ email: 'bob@hub.test', password: 'wrong one' }, { address: '2.2.2.2', agent: '' })));
    expect(all.every((one) => one.status === 'rejected')).toBe(true);
    expect(compared.length).toBeLessThanOrEqual(10);
    await database.close();
  });
  it('after ten wrong ones even the right one waits; then it opens again, and the owner sees it', () => withHub({}, async (world) => {
    const owner = await world.signUp('owner@hub.test');
    const guess = (given: string) => world.as(null, 'POST', '/api/auth/login', { body: { email: 'owner@hub.test', password: given } });
    for (let number = 0; number < 10; number += 1) expect((await guess(`wrong ${number}`)).status).toBe(401);
    const locked = await guess(password);
    expect([locked.status, codeOf(locked), Number(locked.headers['retry-after']) > 0]).toEqual([429, 'TOO_MANY_TRIES', true]);
    world.clock.pass(5 * 60_000 + 1);
    expect((await guess(password)).status).toBe(200);
    expect((await world.as(owner, 'GET', '/api/auth/failures')).json()['failures']).toEqual([]);
  }));
});

describe('sessions', () => {
  let world: HubUnderTest;
  let ann: Person;
  beforeAll(async () => {
    world = await openTestHub();
    await world.signUp('owner@hub.test');
    ann = await world.signUp('ann@hub.test');
  });
  afterAll(() => world.close());
  const meOf = async (person: Person): Promise<number> => (await world.as(person, 'GET', '/api/auth/me')).status;

  it('each device has its own; ending one ends that token alone, at once', async () => {
    const other = await world.logIn('ann@hub.test');
    const { sessions } = (await world.as(ann, 'GET', '/api/auth/sessions')).json() as unknown as { sessions: { id: string; current: boolean }[] };
    expect(sessions.filter((session) => session.current)).toHaveLength(1);
    const theirs = sessions.find((session) => !session.current)?.id ?? '';
    expect((await world.as(ann, 'DELETE', `/api/auth/sessions/${theirs}`)).status).toBe(200);
    expect([await meOf(other), await meOf(ann)]).toEqual([401, 200]);
    expect((await world.as(ann, 'DELETE', `/api/auth/sessions/${theirs}`)).status).toBe(404);
  });
  it('logging out ends it', async () => {
    const other = await world.logIn('ann@hub.test');
    expect((await world.as(other, 'POST', '/api/auth/logout')).status).toBe(200);
    expect(await meOf(other)).toBe(401);
  });
  it('a new password ends the others; the old one no longer works', async () => {
    const [bob, elsewhere] = [await world.signUp('bob@hub.test'), await world.logIn('bob@hub.test')];
    const change = (body: object) => world.as(bob, 'POST', '/api/auth/password', { body });
    expect(codeOf(await change({ current_password: 'not this one', new_password: 'a new password' }))).toBe('WRONG_LOGIN');
    expect((await change({ current_password: password, new_password: 'a new password' })).status).toBe(200);
    expect([await meOf(bob), await meOf(elsewhere)]).toEqual([200, 401]);
    await expect(world.logIn('bob@hub.test')).rejects.toThrow('WRONG_LOGIN');
  });
  it('whoever found an open page guesses the password there no more often than at the door, and ends no account by it', async () => {
    // Wrong ones of before are forgotten by then.
    world.clock.pass(5 * 60_000 + 1);
    const bea = await world.signUp('bea@hub.test');
    const guesses = [];
    for (let number = 0; number < 5; number += 1) {
      guesses.push(codeOf(await world.as(bea, 'POST', '/api/auth/password', { body: { current_password: `guess ${number}`, new_password: 'a new password' } })));
      guesses.push(codeOf(await world.as(bea, 'POST', '/api/auth/delete', { body: { current_password: `guess ${number}`, files: 'remove' } })));
    }
    expect(new Set(guesses)).toEqual(new Set(['WRONG_LOGIN']));
    const late = [await world.as(bea, 'POST', '/api/auth/password', { body: { current_password: password, new_password: 'a new password' } }), await world.as(bea, 'POST', '/api/auth/delete', { body: { current_password: password, files: 'remove' } })];
    expect(late.map((told) => [told.status, codeOf(told)])).toEqual([[429, 'TOO_MANY_TRIES'], [429, 'TOO_MANY_TRIES']]);
    world.clock.pass(5 * 60_000 + 1);
    expect((await world.as(bea, 'POST', '/api/auth/password', { body: { current_password: password, new_password: 'a new password' } })).status).toBe(200);
  });
  it('a reset is for once and ends every session; who is shut out is out at once', async () => {
    const owner = await world.logIn('owner@hub.test');
    const cid = await world.signUp('cid@hub.test');
    const { reset_code } = (await world.as(owner, 'POST', `/api/users/${cid.id}/reset`)).json();
    const reset = () => world.as(null, 'POST', '/api/auth/reset', { body: { reset_code, new_password: password } });
    expect([(await reset()).status, (await reset()).status, await meOf(cid)]).toEqual([200, 403, 401]);
    const again = await world.logIn('cid@hub.test');
    await world.as(owner, 'PUT', `/api/users/${cid.id}`, { body: { disabled: true } });
    expect(await meOf(again)).toBe(401);
    await expect(world.logIn('cid@hub.test')).rejects.toThrow('WRONG_LOGIN');
  });
  it('a token ends after a day', async () => {
    const other = await world.logIn('ann@hub.test');
    world.clock.pass(24 * 3_600_000 - 1000);
    expect(await meOf(other)).toBe(200);
    world.clock.pass(1000);
    expect(await meOf(other)).toBe(401);
  });
});

describe('browsers', () => {
  const site = { host: 'hub.test', origin: 'https://hub.test' };
  interface Browser { readonly access: string; readonly refresh: string; readonly csrf: string }
  const cookieIn = (headers: readonly string[], name: string): string => new RegExp(`^${name}=([^;]*)`).exec(headers.find((line) => line.startsWith(name)) ?? '')?.[1] ?? '';
  const browserOf = (told: { readonly headers: { readonly 'set-cookie'?: string[] | undefined }; json(): Record<string, unknown> }): Browser => {
    const set = told.headers['set-cookie'] ?? [];
    return { access: cookieIn(set, '__Host-strata-access'), refresh: cookieIn(set, '__Host-strata-refresh'), csrf: String(told.json()['csrf_token']) };
  };
  const open = async (world: HubUnderTest): Promise<Browser> => {
    const told = await world.as(null, 'POST', '/api/auth/browser', { headers: site, body: { email: 'ann@hub.test', password } });
    expect(told.status).toBe(200);
    for (const line of told.headers['set-cookie'] ?? []) expect(line).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    return browserOf(told);
  };
  const withBrowsers = (work: (world: HubUnderTest) => Promise<void>) => withHub({ PUBLIC_URL: 'https://hub.test', SIGNUP: 'open' }, async (world) => {
    await world.signUp('ann@hub.test', { setup_code: await world.hub.door.setupCode() });
    await work(world);
  });
  const refresh = (world: HubUnderTest, { refresh: token }: Browser) => world.as(null, 'POST', '/api/auth/refresh', { headers: { ...site, cookie: `__Host-strata-refresh=${token}` } });

  it('a cookie reads; to change something it takes the page’s proof as well', () => withBrowsers(async (world) => {
    const browser = await open(world);
    const cookie = `__Host-strata-access=${browser.access}`;
    expect((await world.as(null, 'GET', '/api/auth/me', { headers: { ...site, cookie } })).status).toBe(200);
    for (const proof of [undefined, '', 'made up', browser.access]) {
      const told = await world.as(null, 'POST', '/api/auth/logout', { headers: { ...site, cookie, 'x-csrf-token': proof } });
      expect([told.status, codeOf(told)]).toEqual([403, 'CSRF_NEEDED']);
    }
    expect((await world.as(null, 'POST', '/api/auth/logout', { headers: { ...site, cookie, 'x-csrf-token': browser.csrf } })).status).toBe(200);
    expect((await world.as(null, 'GET', '/api/auth/me', { headers: { ...site, cookie } })).status).toBe(401);
    // One kind of token is not the other.
    expect((await world.as(null, 'GET', '/api/auth/me', { headers: { ...site, authorization: `Bearer ${(await open(world)).access}` } })).status).toBe(401);
  }));
  it('a refresh token counts once; shown again, its whole family ends (F80)', () => withBrowsers(async (world) => {
    const [first, bystander] = [await open(world), await open(world)];
    const renewed = await refresh(world, first);
    expect(renewed.status).toBe(200);
    const second = browserOf(renewed);
    expect((await refresh(world, first)).status).toBe(401);
    expect((await refresh(world, second)).status).toBe(401);
    expect((await world.as(null, 'GET', '/api/auth/me', { headers: { ...site, cookie: `__Host-strata-access=${second.access}` } })).status).toBe(401);
    expect((await refresh(world, bystander)).status).toBe(200);
  }));
  it('an access cookie lives 15 minutes, a refresh cookie 7 days', () => withBrowsers(async (world) => {
    const browser = await open(world);
    world.clock.pass(15 * 60_000);
    expect((await world.as(null, 'GET', '/api/auth/me', { headers: { ...site, cookie: `__Host-strata-access=${browser.access}` } })).status).toBe(401);
    world.clock.pass(7 * 24 * 3_600_000 - 15 * 60_000);
    expect((await refresh(world, browser)).status).toBe(401);
  }));
  it('without TLS there are no cookies (rule 42)', () => withBrowsers(async (world) => {
    expect(codeOf(await world.as(null, 'POST', '/api/auth/browser', { body: { email: 'ann@hub.test', password } }))).toBe('TLS_NEEDED');
  }));
});

describe('limits and traces', () => {
  it('strangers, sign-ups and sessions have their limits; this computer’s owner has none', () => withHub({ LIMIT_ANONYMOUS_PER_MINUTE: '6', LIMIT_SESSION_PER_MINUTE: '5', LIMIT_SIGNUP_PER_MINUTE: '2' }, async (world) => {
    const ann = await world.signUp('ann@hub.test');
    const many = async (count: number, ask: () => Promise<{ readonly status: number }>): Promise<number[]> => {
      const seen: number[] = [];
      for (let number = 0; number < count; number += 1) seen.push((await ask()).status);
      return seen;
    };
    expect(await many(6, () => world.as(ann, 'GET', '/api/auth/me'))).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await many(2, () => signUp(world, { email: 'no address' }))).toEqual([400, 429]);
    expect((await many(6, () => world.as(null, 'GET', '/api/v1/files'))).at(-1)).toBe(429);
    const refused = await world.as(null, 'GET', '/api/v1/files', { headers: { 'x-forwarded-for': '9.9.9.9' } });
    expect([refused.status, codeOf(refused), Number(refused.headers['retry-after']) > 0]).toEqual([429, 'TOO_MANY_REQUESTS', true]);
    expect(await many(20, () => world.door.ask('GET', '/api/v1/status'))).toEqual(Array.from({ length: 20 }, () => 200));
  }));
  it('every answer names its request, the log does too, and no secret is in it', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-traces-'));
    const logger = openLogger({ dataDir: folder, level: 'debug' });
    const world = await openTestHub({ logger });
    const ann = await world.signUp('ann@hub.test');
    const id = 'a-request-of-the-test';
    expect((await world.as(ann, 'GET', '/api/files', { headers: { 'x-request-id': id } })).headers['x-request-id']).toBe(id);
    expect((await world.as(ann, 'GET', '/api/files', { headers: { 'x-request-id': 'no\tgood' } })).headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    await world.as(null, 'POST', '/api/auth/login', { body: { email: 'ann@hub.test', password: 'a wrong secret' } });
    await world.close();
    logger.close();
    const log = fs.readFileSync(path.join(folder, 'logs', 'strata.log'), 'utf8');
    expect(log).toContain(`"request":"${id}"`);
    for (const secret of [password, 'a wrong secret', ann.token, ann.token.split('.')[2] ?? '', 'secret of the store']) expect(log).not.toContain(secret);
    fs.rmSync(folder, { recursive: true, force: true });
  });
  it('figures are for this computer and for admins, by route, never by name', () => withHub({ PUBLIC_URL: 'https://hub.test', SIGNUP: 'open' }, async (world) => {
    const owner = await world.signUp('owner@hub.test', { setup_code: await world.hub.door.setupCode() });
    const ann = await world.signUp('ann@hub.test');
    await world.as(ann, 'GET', '/api/files?search=private-word');
    const outside = (person: Person | null) => world.as(person, 'GET', '/metrics', { headers: { host: 'hub.test' } });
    expect([(await outside(null)).status, (await outside(ann)).status, (await outside(owner)).status]).toEqual([401, 403, 200]);
    const { text } = await world.as(null, 'GET', '/metrics');
    expect(text).toContain('strata_http_requests_total{method="GET",route="/api/files",status="200"} 1');
    expect(text).toContain('strata_store_requests{verb="LIST"}');
    expect(text).not.toContain('private-word');
  }));
});

it('an account has a hundred sessions at most; of more the oldest ends', () => withHub({}, async (world) => {
  const first = await world.signUp('owner@hub.test');
  let last = first;
  for (let turn = 0; turn < 100; turn += 1) {
    world.clock.pass(1000);
    last = await world.logIn('owner@hub.test');
  }
  const { sessions } = (await world.as(last, 'GET', '/api/auth/sessions')).json() as { sessions: unknown[] };
  expect([sessions.length, (await world.as(first, 'GET', '/api/auth/me')).status]).toEqual([100, 401]);
}));
