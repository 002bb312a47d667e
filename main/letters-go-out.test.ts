/** Letters by a real SMTP server: a forgotten password, an invitation; the answer never tells whether there is an account (X7). */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openTestHub, password, type HubUnderTest, type Person } from './testing/hub-under-test.ts';

interface Received { readonly from: string; readonly to: readonly string[]; readonly text: string }
const letters: Received[] = [];
let refuses = 0;
let server: SMTPServer;
let world: HubUnderTest;
let owner: Person;
beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true, disabledCommands: ['STARTTLS'], logger: false,
    onAuth: ({ username, password }, _, done) => (username === 'strata' && password === 'p@ss' ? done(null, { user: username }) : done(new Error('wrong'))),
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        if ((refuses -= 1) >= 0) return done(new Error('busy'));
        const { mailFrom, rcptTo } = session.envelope;
        letters.push({ from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address), text: plain(Buffer.concat(parts).toString()) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  world = await openTestHub({ env: { SMTP_URL: `smtp://strata:p%40ss@127.0.0.1:${port}`, SMTP_FROM: 'hub@example.org', SIGNUP: 'open' } });
  owner = await world.signUp('owner@hub.test');
});
afterAll(async () => {
  await world.close();
  await new Promise<void>((resolve) => server.close(resolve));
});
beforeEach(async () => {
  await world.hub.parts.letters.settled();
  letters.length = 0;
  refuses = 0;
});

/** Long lines are folded on their way. */
const plain = (raw: string): string => raw.replaceAll(/=\r\n/g, '').replaceAll('=3D', '=').replaceAll('\r\n', '\n');
const forgot = (email: string) => world.as(null, 'POST', '/api/auth/forgot', { body: { email } });
const codeIn = (letter: Received | undefined, name: 'reset' | 'invitation'): string => new RegExp(`http://127\\.0\\.0\\.1:\\d+/#${name}=([\\w-]+)`).exec(letter?.text ?? '')?.[1] ?? '';
const fresh = 'another password of the tests';

it('a forgotten password is set by the link in the letter, once, and every session ends', async () => {
  const ann = await world.signUp('ann@hub.test');
  const told = await forgot('Ann@Hub.test');
  await world.hub.parts.letters.settled();
  expect([told.status, letters.map(({ from, to }) => [from, to])]).toEqual([202, [['hub@example.org', ['ann@hub.test']]]]);
  const body = { reset_code: codeIn(letters[0], 'reset'), new_password: fresh };
  expect((await world.as(null, 'POST', '/api/auth/reset', { body })).status).toBe(200);
  expect([(await world.as(null, 'POST', '/api/auth/reset', { body })).status, (await world.as(ann, 'GET', '/api/auth/me')).status, (await world.as(null, 'POST', '/api/auth/login', { body: { email: 'ann@hub.test', password: fresh } })).status]).toEqual([403, 401, 200]);
});
it('who has no account, or is shut out, gets no letter, and whoever asks hears the same', async () => {
  const bob = await world.signUp('bob@hub.test');
  await world.as(owner, 'PUT', `/api/users/${bob.id}`, { body: { disabled: true } });
  const answers = [await forgot('nobody@hub.test'), await forgot('bob@hub.test'), await forgot('owner@hub.test')];
  await world.hub.parts.letters.settled();
  expect([new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, letters.map(({ to }) => to)]).toEqual([1, [['owner@hub.test']]]);
});
it('nobody’s mailbox is filled: one in five minutes, five a day', async () => {
  await world.signUp('carla@hub.test');
  const ask = async (): Promise<number> => {
    await forgot('carla@hub.test');
    await world.hub.parts.letters.settled();
    return letters.length;
  };
  expect([await ask(), await ask()]).toEqual([1, 1]);
  for (let asked = 0; asked < 8; asked += 1) {
    world.clock.pass(5 * 60_000 + 1000);
    await ask();
  }
  expect(letters).toHaveLength(5);
});
it('an invitation goes to its address, and makes an account', async () => {
  const made = (await world.as(await world.logIn('owner@hub.test'), 'POST', '/api/invitations', { body: { email: 'dora@hub.test', role: 'guest' } })).json();
  await world.hub.parts.letters.settled();
  const invitation = codeIn(letters[0], 'invitation');
  expect([made['mailed'], letters[0]?.to, invitation]).toEqual([true, ['dora@hub.test'], made['invitation']]);
  const dora = await world.signUp('dora@hub.test', { invitation });
  expect((await world.as(dora, 'GET', '/api/auth/me')).json()['role']).toBe('guest');
});
it('a log-in from a device that was not seen before is told by letter, unless one does not want that', async () => {
  const gina = await world.signUp('gina@hub.test');
  const from = async (agent: string): Promise<string[]> => {
    letters.length = 0;
    world.clock.pass(5 * 60_000);
    expect((await world.as(null, 'POST', '/api/auth/login', { body: { email: 'gina@hub.test', password }, headers: { 'user-agent': agent } })).status).toBe(200);
    await world.hub.parts.letters.settled();
    return letters.map(({ to, text }) => `${to.join()} ${text}`);
  };
  const phone = await from('Phone/19.1 <a href="http://evil.test/x">press</a>\tBcc');
  expect(phone).toHaveLength(1);
  expect(phone[0]).toMatch(/^gina@hub\.test /);
  expect(phone[0]).toContain('from 127.0.0.1');
  expect(phone[0]).not.toMatch(/evil\.test|<a/);
  // The same in a newer version is the same; another one is not.
  expect([await from('Phone/20 <a href="http://evil.test/x">press</a>\tBcc'), (await from('Telly/1')).length]).toEqual([[], 1]);
  await world.as(gina, 'PUT', '/api/preferences', { body: { mail_new_device: false } });
  expect(await from('Fridge/1')).toEqual([]);
});
it('a server that is busy is asked again, and one that stays so makes no answer fail', async () => {
  await world.signUp('eva@hub.test');
  refuses = 2;
  await forgot('eva@hub.test');
  await world.hub.parts.letters.settled();
  expect(letters).toHaveLength(1);
  refuses = 100;
  await world.signUp('fred@hub.test');
  expect((await forgot('fred@hub.test')).status).toBe(202);
  await world.hub.parts.letters.settled();
  expect(letters).toHaveLength(1);
});
it('an address that would add to the letter’s head is none', async () => {
  expect((await forgot('ann@hub.test\r\nBcc: evil@hub.test')).status).toBe(400);
  expect((await forgot('ann@hub.test, evil@hub.test')).status).toBe(400);
});
it('without a mail server it says so', async () => {
  const without = await openTestHub();
  expect([(await without.as(null, 'POST', '/api/auth/forgot', { body: { email: 'a@hub.test' } })).json()['error_code'], (await without.as(null, 'GET', '/api/hub')).json()['mail']]).toEqual(['MAIL_OFF', false]);
  await without.close();
});
