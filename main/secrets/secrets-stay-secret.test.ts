/** Keys survive in the encrypted file, open only with the right passphrase, and appear in no file and no log line. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../base/app-error.ts';
import { openLogger, type AppLogger } from '../base/logger.ts';
import { defaultDataDir, prepareDataDir } from './data-dir.ts';
import { openEncryptedFile } from './encrypted-file.ts';
import { openKeychain } from './keychain.ts';
import { openSecretStore } from './secret-store.ts';
import { findService, publishService, withdrawService } from './session-file.ts';
import { systemClock } from '../base/clock.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCY"EXAMPLE';
let dataDir: string;
let logger: AppLogger;
beforeEach(async () => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-secrets-'));
  await prepareDataDir(dataDir);
  logger = openLogger({ dataDir, level: 'debug' });
});
afterEach(() => {
  logger.close();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

const everything = (): string => fs.readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8')).join('\n');
const modeOf = (name: string): number => fs.statSync(path.join(dataDir, name)).mode & 0o777;

describe('the encrypted file', () => {
  it('holds over a restart, privately and unreadably', async () => {
    const env = { STRATA_SECRET_KEY: 'a passphrase of the environment' };
    const store = await openSecretStore({ dataDir, env, logger });
    expect(store.kind).toBe('encryptedFile');
    await Promise.all([store.set('one', secret), store.set('two', 'another'), store.set('__proto__', 'x-proto')]);
    await store.remove('two');
    logger.info({ note: `used ${secret}`, err: new AppError('internal', {}, new Error(`cause ${secret}`)) }, secret);
    const again = await openSecretStore({ dataDir, env, logger });
    expect([await again.get('one'), await again.get('two'), await again.get('toString')]).toEqual([secret, null, null]);
    expect(everything()).not.toContain(secret);
    expect(everything()).not.toContain(JSON.stringify(secret).slice(1, -1));
    expect(everything()).not.toContain(env.STRATA_SECRET_KEY);
    if (process.platform !== 'win32') expect([modeOf('secrets.enc'), modeOf('logs/strata.log'), modeOf('.')]).toEqual([0o600, 0o600, 0o700]);
  });
  it('refuses another passphrase and a changed byte, and keeps the file as it is', async () => {
    const file = path.join(dataDir, 'secrets.enc');
    await (await openEncryptedFile(file, 'right')).set('one', secret);
    const before = fs.readFileSync(file, 'utf8');
    await expect(openEncryptedFile(file, 'wrong')).rejects.toMatchObject({ code: 'data_dir_unusable' });
    expect(fs.readFileSync(file, 'utf8')).toBe(before);
    const sealed = JSON.parse(before) as { data: string };
    const bytes = Buffer.from(sealed.data, 'base64');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    fs.writeFileSync(file, JSON.stringify({ ...sealed, data: bytes.toString('base64') }));
    await expect(openEncryptedFile(file, 'right')).rejects.toMatchObject({ code: 'data_dir_unusable' });
  });
});

describe('the log', () => {
  it('knows the parts of stored keys and the names of secret fields', async () => {
    const store = await openSecretStore({ dataDir, env: { STRATA_SECRET_KEY: 'k' }, logger });
    await store.set('keys', JSON.stringify({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: secret }));
    logger.warn({ url: `http://x/?X-Amz-Credential=AKIAEXAMPLE&s=${encodeURIComponent(secret)}`, headers: { authorization: 'Bearer never-registered' } }, 'a request');
    expect(everything()).not.toContain('AKIAEXAMPLE');
    expect(everything()).not.toContain(encodeURIComponent(secret));
    expect(everything()).not.toContain('never-registered');
    expect(everything()).toContain('a request');
  });
  it('never grows over its bound', () => {
    const small = openLogger({ dataDir, mostBytes: 1000, keep: 2 });
    for (let line = 0; line < 100; line += 1) small.info({ line }, 'x'.repeat(100));
    small.close();
    const sizes = fs.readdirSync(path.join(dataDir, 'logs')).map((name) => fs.statSync(path.join(dataDir, 'logs', name)).size);
    expect(sizes.length).toBe(3);
    expect(Math.max(...sizes)).toBeLessThan(1300);
  });
});

describe('where there is neither keychain nor passphrase', () => {
  it('memory is used, and it is said', async () => {
    const keychain = await openKeychain({ dataDir, clock: systemClock, logger });
    if (keychain !== null) return;
    const store = await openSecretStore({ dataDir, env: {}, logger });
    expect(store.kind).toBe('memory');
    expect(everything()).toContain('kept only until Strata ends');
  });
});

describe('the service file', () => {
  it('is private, found while it is there, and believed only for this computer', async () => {
    await publishService(dataDir, { address: 'http://127.0.0.1:8620', pid: 1, epoch: 'e' }, 'tok');
    expect(await findService(dataDir)).toEqual({ address: 'http://127.0.0.1:8620', pid: 1, epoch: 'e', token: 'tok' });
    if (process.platform !== 'win32') expect([modeOf('service.json'), modeOf('token')]).toEqual([0o600, 0o600]);
    for (const address of ['http://evil.example:80', 'http://localhost:8620', 'http://127.0.0.1:8620@evil.example', 'https://127.0.0.1:1']) {
      await publishService(dataDir, { address, pid: 1, epoch: 'e' }, 'tok');
      expect(await findService(dataDir)).toBeNull();
    }
    await withdrawService(dataDir);
    expect(fs.readdirSync(dataDir).filter((name) => !name.startsWith('logs'))).toEqual([]);
  });
  it('lies where each system keeps such things', () => {
    expect(defaultDataDir({ platform: 'win32', env: { APPDATA: 'C:\\Users\\a\\AppData\\Roaming' }, home: 'C:\\Users\\a' })).toBe('C:\\Users\\a\\AppData\\Roaming\\Strata');
    expect(defaultDataDir({ platform: 'darwin', env: {}, home: '/Users/a' })).toBe('/Users/a/Library/Application Support/Strata');
    expect(defaultDataDir({ platform: 'linux', env: {}, home: '/home/a' })).toBe('/home/a/.local/share/strata');
    expect(defaultDataDir({ platform: 'linux', env: { XDG_DATA_HOME: '/d' }, home: '/home/a' })).toBe('/d/strata');
    expect(defaultDataDir({ platform: 'linux', env: { XDG_DATA_HOME: 'relative' }, home: '/home/a' })).toBe('/home/a/.local/share/strata');
  });
});
