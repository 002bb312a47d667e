/** The keys that sign tokens: made at the first start, kept on the key shelf, replaced after 90 days while the one before still counts. */
import { createHash, randomUUID, type webcrypto } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { KeyShelf } from './ports.ts';

export const algorithms = ['RS256', 'EdDSA', 'HS256'] as const;
export type Algorithm = (typeof algorithms)[number];
type Key = webcrypto.CryptoKey | Uint8Array;

export interface SigningKey {
  readonly id: string;
  readonly sign: Key;
  readonly verify: Key;
}
export interface SigningKeys {
  /** Exactly one is accepted: a token that names another is refused, whatever it is signed with. */
  readonly algorithm: Algorithm;
  current(): Promise<SigningKey>;
  byId(id: string): Promise<SigningKey | null>;
}

const rotateAfterMs = 90 * 24 * 3_600_000;
const shortestSecretBytes = 32;
const names = { current: 'hub-signing-key', previous: 'hub-signing-key-before' } as const;

interface Kept {
  readonly id: string;
  readonly algorithm: Algorithm;
  readonly madeAtMs: number;
  readonly privateJwk: JWK;
}

/** `secret` is what HS256 signs with; the other two make their own keys. */
export async function openSigningKeys(options: { readonly algorithm: Algorithm; readonly secret: string | null; readonly shelf: KeyShelf; readonly clock: Clock }): Promise<SigningKeys> {
  if (options.algorithm === 'HS256') return sharedSecret(options.secret);
  const rotation = new KeyRotation(options);
  await rotation.current();
  return rotation;
}

function sharedSecret(secret: string | null): SigningKeys {
  const bytes = new TextEncoder().encode(secret ?? '');
  if (bytes.length < shortestSecretBytes) throw new AppError('hub_misconfigured', { detail: `ALGORITHM=HS256 needs a SECRET_KEY of at least ${shortestSecretBytes} bytes` });
  // Another secret has another name, so that tokens of the old one are told apart before they are tried.
  const key: SigningKey = { id: createHash('sha256').update('key id').update(bytes).digest('base64url').slice(0, 16), sign: bytes, verify: bytes };
  return { algorithm: 'HS256', current: () => Promise.resolve(key), byId: (id) => Promise.resolve(id === key.id ? key : null) };
}

class KeyRotation implements SigningKeys {
  readonly algorithm: Algorithm;
  readonly #shelf: KeyShelf;
  readonly #clock: Clock;
  #loaded: Promise<{ readonly madeAtMs: number; readonly keys: readonly SigningKey[] }> | null = null;
  constructor(options: { readonly algorithm: Algorithm; readonly shelf: KeyShelf; readonly clock: Clock }) {
    this.algorithm = options.algorithm;
    this.#shelf = options.shelf;
    this.#clock = options.clock;
  }

  async current(): Promise<SigningKey> {
    const { madeAtMs } = await this.#keys();
    if (this.#clock.nowMs() - madeAtMs > rotateAfterMs) this.#loaded = this.#rotate();
    const [first] = (await this.#keys()).keys;
    if (first === undefined) throw new AppError('internal');
    return first;
  }
  async byId(id: string): Promise<SigningKey | null> {
    return (await this.#keys()).keys.find((key) => key.id === id) ?? null;
  }

  #keys() {
    return (this.#loaded ??= this.#load());
  }
  async #load() {
    const [current, previous] = [await this.#read(names.current), await this.#read(names.previous)];
    if (current === null || current.algorithm !== this.algorithm) return this.#rotate();
    return { madeAtMs: current.madeAtMs, keys: await this.#usable([current, previous]) };
  }
  /** The one before still verifies: tokens live far shorter than 90 days, so nobody is logged out by it. */
  async #rotate() {
    const before = await this.#read(names.current);
    const made = await makeKey(this.algorithm, this.#clock.nowMs());
    if (before !== null) await this.#shelf.set(names.previous, JSON.stringify(before));
    await this.#shelf.set(names.current, JSON.stringify(made));
    return { madeAtMs: made.madeAtMs, keys: await this.#usable([made, before]) };
  }
  async #read(name: string): Promise<Kept | null> {
    const text = await this.#shelf.get(name);
    return text === null ? null : (JSON.parse(text) as Kept);
  }
  #usable(kept: readonly (Kept | null)[]): Promise<SigningKey[]> {
    return Promise.all(kept.filter((one) => one !== null && one.algorithm === this.algorithm).map((one) => importKept(one as Kept)));
  }
}

async function makeKey(algorithm: Algorithm, nowMs: number): Promise<Kept> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  return { id: randomUUID(), algorithm, madeAtMs: nowMs, privateJwk: await exportJWK(pair.privateKey) };
}

async function importKept(kept: Kept): Promise<SigningKey> {
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicJwk } = kept.privateJwk;
  return { id: kept.id, sign: await importJWK(kept.privateJwk, kept.algorithm), verify: await importJWK(publicJwk as JWK, kept.algorithm) };
}
