/** F80: no token but ours opens anything: altered, unsigned, of another kind, key, use, issuer or time; after the vectors that verifiers elsewhere failed. */
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { HeldClock } from '../testing/door-under-test.ts';
import { openSigningKeys, type Algorithm } from './signing-keys.ts';
import { createTokens, type Tokens } from './tokens.ts';

const secret = 'a shared secret of at least thirty-two bytes';
function shelfOf(kept = new Map<string, string>()) {
  return { kept, get: async (name: string) => kept.get(name) ?? null, set: async (name: string, value: string) => void kept.set(name, value) };
}
const b64 = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const partsOf = (token: string): [Record<string, unknown>, Record<string, unknown>, string] => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>, JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>, signature];
};

describe.each(['RS256', 'EdDSA', 'HS256'] as const)('%s', (algorithm: Algorithm) => {
  const clock = new HeldClock();
  const shelf = shelfOf();
  let tokens: Tokens;
  let token: string;
  let ownKey: KeyObject | null = null;
  beforeAll(async () => {
    clock.pass(Date.UTC(2026, 10, 21));
    tokens = createTokens({ keys: await openSigningKeys({ algorithm, secret, shelf, clock }), clock });
    token = await tokens.signAccess('bearer', { userId: 7, sessionId: 's1' }, 60_000);
    const kept = shelf.kept.get('hub-signing-key');
    if (kept !== undefined) ownKey = createPrivateKey({ key: (JSON.parse(kept) as { privateJwk: never }).privateJwk, format: 'jwk' });
  });
  /** With our very own key: only what is said differs. */
  const signed = (header: object, payload: object, key: KeyObject | null = ownKey): string => {
    const text = `${b64(header)}.${b64(payload)}`;
    const bytes = Buffer.from(text);
    const mark = key === null ? createHmac('sha256', secret).update(bytes).digest() : sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', bytes, key);
    return `${text}.${mark.toString('base64url')}`;
  };
  const read = (given: string) => tokens.readAccess('bearer', given);

  it('ours opens, and says whose it is', async () => {
    expect(await read(token)).toEqual({ userId: 7, sessionId: 's1' });
    // The forger below makes what we would accept, so that each refusal has its one reason.
    const [header, payload] = partsOf(token);
    expect(await read(signed(header, payload))).toEqual({ userId: 7, sessionId: 's1' });
  });
  it('one that opened before is refused for another use, after its time, and once its key is gone', async () => {
    const ownClock = new HeldClock();
    ownClock.pass(Date.UTC(2026, 10, 21));
    const keys = await openSigningKeys({ algorithm, secret, shelf: shelfOf(), clock: ownClock });
    const gone = new Set<string>();
    const here = createTokens({ keys: { algorithm, current: () => keys.current(), byId: async (id) => (gone.has(id) ? null : keys.byId(id)) }, clock: ownClock });
    const [short, long] = [await here.signAccess('bearer', { userId: 7, sessionId: 's1' }, 60_000), await here.signAccess('bearer', { userId: 7, sessionId: 's2' }, 600_000)];
    const openNow = async (): Promise<boolean[]> => Promise.all([short, long].map(async (one) => (await here.readAccess('bearer', one)) !== null));
    expect([await openNow(), await openNow()]).toEqual([[true, true], [true, true]]);
    expect(await here.readAccess('cookie', long)).toBeNull();
    ownClock.pass(60_000);
    expect(await openNow()).toEqual([false, true]);
    gone.add((await keys.current()).id);
    expect(await openNow()).toEqual([false, false]);
  });
  it('altered in any part it is refused', async () => {
    const [header, payload, mark] = partsOf(token);
    const others = [
      `${b64(header)}.${b64({ ...payload, sub: '8' })}.${mark}`, `${b64({ ...header, kid: 'other' })}.${b64(payload)}.${mark}`, `${b64(header)}.${b64(payload)}.`, `${b64(header)}.${b64(payload)}`,
      `${token}.x`, ` ${token}`, `${token} `, token.replace(/^./, 'f'), `${b64(header)}..${mark}`, `..`, '', 'x'.repeat(5000), `${b64(header)}.${b64(payload)}.${mark.slice(0, -4)}`, `${b64(header)}.${b64(payload)}.${mark}=`,
      `${b64(header)}.${b64(payload)}.${Buffer.alloc(64).toString('base64url')}`,
    ];
    for (const other of others) expect(await read(other), other.slice(0, 60)).toBeNull();
  });
  it('unsigned, or signed as something else, it is refused', async () => {
    const [header, payload] = partsOf(token);
    const publicPem = ownKey === null ? secret : createPublicKey(ownKey).export({ type: 'spki', format: 'pem' }).toString();
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null]) {
      expect(await read(`${b64({ ...header, alg })}.${b64(payload)}.`), String(alg)).toBeNull();
      expect(await read(`${b64({ ...header, alg })}.${b64(payload)}.${partsOf(token)[2]}`), String(alg)).toBeNull();
    }
    // The public key taken for a shared secret (CVE-2015-9235).
    if (algorithm !== 'HS256') {
      for (const key of [publicPem, publicPem.trim(), secret, '']) {
        const text = `${b64({ ...header, alg: 'HS256' })}.${b64(payload)}`;
        expect(await read(`${text}.${createHmac('sha256', key).update(text).digest('base64url')}`)).toBeNull();
      }
    }
    for (const alg of ['RS256', 'RS384', 'PS256', 'ES256', 'EdDSA', 'HS256', 'HS512'].filter((other) => other !== algorithm)) expect(await read(signed({ ...header, alg }, payload)), alg).toBeNull();
  });
  it('signed with a key that it brings along, it is refused', async () => {
    const [header, payload] = partsOf(token);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' });
    for (const more of [{ jwk }, { jku: 'http://127.0.0.1:1/keys' }, { x5u: 'http://127.0.0.1:1/x' }, { x5c: ['AAAA'] }, { kid: '../../../dev/null' }, { kid: '' }, { kid: 5 }, { crit: ['b64'], b64: false }, { crit: [] }]) {
      expect(await read(signed({ ...header, ...more, alg: 'EdDSA' }, payload, privateKey)), JSON.stringify(more).slice(0, 40)).toBeNull();
    }
    for (const more of [{ crit: ['b64'], b64: false }, { crit: ['made-up'], 'made-up': 1 }, { kid: undefined }, { typ: undefined }, { typ: 'other' }]) expect(await read(signed({ ...header, ...more }, payload)), JSON.stringify(more)).toBeNull();
  });
  it('of another use, issuer or person it is refused', async () => {
    const [header, payload] = partsOf(token);
    const wrong: object[] = [
      { aud: 'strata-cookie' }, { aud: undefined }, { aud: [] }, { aud: '' }, { iss: 'other' }, { iss: undefined }, { sub: undefined }, { sub: '' }, { sub: '0' }, { sub: '-7' }, { sub: '7.0' }, { sub: '7e0' }, { sub: ' 7' }, { sub: 7 }, { sub: ['7'] },
      { sid: undefined }, { sid: 5 }, { sid: null },
    ];
    for (const change of wrong) expect(await read(signed(header, { ...payload, ...change })), JSON.stringify(change)).toBeNull();
    expect(await tokens.readAccess('cookie', token)).toBeNull();
    expect(await read(await tokens.signAccess('cookie', { userId: 7, sessionId: 's1', csrfHash: 'h' }, 60_000))).toBeNull();
  });
  it('outside its time it is refused', async () => {
    const [header, payload] = partsOf(token);
    const now = Math.floor(clock.nowMs() / 1000);
    for (const change of [{ exp: now - 1 }, { exp: now }, { exp: 0 }, { exp: undefined }, { exp: '9999999999' }, { exp: null }, { nbf: now + 60 }, { iat: undefined }]) expect(await read(signed(header, { ...payload, ...change })), JSON.stringify(change)).toBeNull();
    clock.pass(60_000);
    expect(await read(token)).toBeNull();
    clock.pass(-60_000);
  });
});

describe('keys', () => {
  it('are made once, replaced after 90 days, and the one before still counts', async () => {
    const clock = new HeldClock();
    const shelf = shelfOf();
    const open = async (): Promise<Tokens> => createTokens({ keys: await openSigningKeys({ algorithm: 'EdDSA', secret: null, shelf, clock }), clock });
    const access = { userId: 1, sessionId: 's' };
    const first = await open();
    const old = await first.signAccess('bearer', access, 24 * 3_600_000);
    expect(await (await open()).readAccess('bearer', old)).toEqual(access);
    const day = 24 * 3_600_000;
    clock.pass(90 * day);
    const eve = await first.signAccess('bearer', access, day);
    clock.pass(2);
    const fresh = await first.signAccess('bearer', access, day);
    expect(partsOf(fresh)[0]['kid']).not.toBe(partsOf(eve)[0]['kid']);
    expect(await first.readAccess('bearer', eve)).toEqual(access);
    expect(await (await open()).readAccess('bearer', eve)).toEqual(access);
    expect(await (await open()).readAccess('bearer', fresh)).toEqual(access);
  });
  it('of another algorithm are never used', async () => {
    const clock = new HeldClock();
    const shelf = shelfOf();
    const open = async (algorithm: Algorithm): Promise<Tokens> => createTokens({ keys: await openSigningKeys({ algorithm, secret, shelf, clock }), clock });
    const token = await (await open('EdDSA')).signAccess('bearer', { userId: 1, sessionId: 's' }, 60_000);
    expect(await (await open('RS256')).readAccess('bearer', token)).toBeNull();
    await expect(openSigningKeys({ algorithm: 'HS256', secret: 'short', shelf, clock })).rejects.toMatchObject({ code: 'hub_misconfigured' });
  });
});
