/** Secrets in one file, AES-256-GCM with a key derived by scrypt from STRATA_SECRET_KEY: for servers without a keychain. */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import type { SecretStore } from './secret-store.ts';

/** 32 MiB and about a tenth of a second per guess. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const format = 'strata-secrets-1';

interface Sealed {
  readonly format: string;
  readonly salt: string;
  readonly nonce: string;
  readonly tag: string;
  readonly data: string;
}

/** Throws `data_dir_unusable` when the file is there but this passphrase does not open it: writing would lose what it holds. */
export async function openEncryptedFile(file: string, passphrase: string): Promise<SecretStore> {
  const text = await readPrivateFile(file);
  const sealed = text === null ? null : parse(text);
  const salt = sealed === null ? randomBytes(16) : Buffer.from(sealed.salt, 'base64');
  const key = await derive(passphrase, salt);
  let values: Readonly<Record<string, string>> = sealed === null ? {} : open(sealed, key);
  let last: Promise<void> = Promise.resolve();
  /** One write after the other, so that none overtakes a later one. */
  const change = (next: (before: Readonly<Record<string, string>>) => Readonly<Record<string, string>>): Promise<void> => {
    const done = last.then(async () => {
      const after = next(values);
      await writePrivateFile(file, JSON.stringify(seal(after, key, salt)));
      values = after;
    });
    last = done.catch(() => undefined);
    return done;
  };
  return {
    kind: 'encryptedFile',
    get: async (name) => {
      await last;
      return Object.hasOwn(values, name) ? values[name] ?? null : null;
    },
    set: (name, value) => change((before) => ({ ...before, [name]: value })),
    remove: (name) => change((before) => Object.fromEntries(Object.entries(before).filter(([key]) => key !== name))),
  };
}

function derive(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => scrypt(passphrase, salt, 32, cost, (error, key) => (error ? reject(error) : resolve(key))));
}

function seal(values: Readonly<Record<string, string>>, key: Buffer, salt: Buffer): Sealed {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(format));
  const data = Buffer.concat([cipher.update(JSON.stringify(values), 'utf8'), cipher.final()]);
  return { format, salt: salt.toString('base64'), nonce: nonce.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data: data.toString('base64') };
}

function open(sealed: Sealed, key: Buffer): Readonly<Record<string, string>> {
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'), { authTagLength: 16 }).setAAD(Buffer.from(format)).setAuthTag(Buffer.from(sealed.tag, 'base64'));
    return JSON.parse(Buffer.concat([cipher.update(Buffer.from(sealed.data, 'base64')), cipher.final()]).toString('utf8')) as Record<string, string>;
  } catch (error) {
    throw new AppError('data_dir_unusable', { detail: '(its encrypted keys do not open with this STRATA_SECRET_KEY)' }, error);
  }
}

function parse(text: string): Sealed {
  try {
    const said = JSON.parse(text) as Sealed;
    if (said.format === format && [said.salt, said.nonce, said.tag, said.data].every((part) => typeof part === 'string')) return said;
  } catch (error) {
    throw new AppError('data_dir_unusable', { detail: '(its encrypted keys are damaged)' }, error);
  }
  throw new AppError('data_dir_unusable', { detail: '(its encrypted keys are of another version)' });
}
