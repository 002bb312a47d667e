/** A hub's settings are read strictly, by the names of `.env.example`, and a value is never repeated in what is said about it. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDir } from '../testing/architecture.ts';
import { readHubSettings } from './hub-settings.ts';

const least = { MINIO_ENDPOINT: 'minio:9000', MINIO_ACCESS_KEY: 'key', MINIO_SECRET_KEY: 'the secret of the store', MINIO_BUCKET: 'strata' };
const read = (more: Record<string, string> = {}) => readHubSettings({ ...least, ...more });

describe('what is set', () => {
  it('nothing means that nothing is shared, whatever else is there', () => {
    expect(readHubSettings({ MINIO_ENDPOINT: '', DATABASE_URL: 'mysql://x', SECRET_KEY: 'x' })).toBeNull();
  });
  it('the least gives a hub for this computer, with the defaults of the description', () => {
    expect(read()).toMatchObject({
      databaseUrl: null, algorithm: 'RS256', bearerMs: 24 * 3_600_000, mostUploadBytes: 100 * 1_048_576, signUp: 'open', publicUrl: null, listen: '127.0.0.1', trustedProxies: [], tls: null, isShared: false,
      warm: { endpoint: 'http://minio:9000', bucket: 'strata', region: 'us-east-1' }, limits: { anonymous: 100, session: 1200, signUp: 30 },
    });
  });
  it('empty variables are as good as none', () => {
    expect(read({ SIGNUP: '', PUBLIC_URL: '', DATABASE_URL: '', MAX_FILE_SIZE_MB: '', SECRET_KEY: '' })).toEqual(read());
  });
  it('TLS needs no public address, and is on where files are named', () => {
    expect([read({ TLS: 'self-signed', LISTEN: '0.0.0.0' }), read({ TLS_CERT_FILE: '/c.pem', TLS_KEY_FILE: '/k.pem', TLS_PORT: '443' }), read({ TLS: 'off', TLS_CERT_FILE: '/c.pem', TLS_KEY_FILE: '/k.pem' })]).toMatchObject([
      { tls: { port: 8643, files: null }, isShared: true, signUp: 'invite' }, { tls: { port: 443, files: { certificateFile: '/c.pem', keyFile: '/k.pem' } }, isShared: false }, { tls: null },
    ]);
  });
  it('shared, sign-up is by invitation where nothing else is said', () => {
    expect([read({ PUBLIC_URL: 'https://hub.test' })?.signUp, read({ PUBLIC_URL: 'https://hub.test', SIGNUP: 'open' })?.signUp, read({ MINIO_SECURE: 'true' })?.warm?.endpoint, read({ MAX_FILE_SIZE_MB: '0' })?.mostUploadBytes]).toEqual(['invite', 'open', 'https://minio:9000', null]);
  });
});

describe('what can’t be used', () => {
  it.each([
    [{ MINIO_ENDPOINT: 'http://minio:9000' }, 'MINIO_ENDPOINT'], [{ MINIO_SECRET_KEY: '' }, 'MINIO_SECRET_KEY'], [{ MINIO_BUCKET: 'No Bucket' }, 'MINIO_BUCKET'], [{ DATABASE_URL: 'mysql://u:pass-word@h/d' }, 'DATABASE_URL'], [{ ALGORITHM: 'none' }, 'ALGORITHM'],
    [{ ALGORITHM: 'HS256' }, 'SECRET_KEY'], [{ ALGORITHM: 'HS256', SECRET_KEY: 'sixteen chars ok' }, 'SECRET_KEY'], [{ ACCESS_TOKEN_EXPIRE_MINUTES: '1d' }, 'ACCESS_TOKEN_EXPIRE_MINUTES'], [{ ACCESS_TOKEN_EXPIRE_MINUTES: '0' }, 'ACCESS_TOKEN_EXPIRE_MINUTES'],
    [{ TLS: 'yes' }, 'TLS'], [{ TLS: 'files' }, 'TLS_CERT_FILE'], [{ TLS_CERT_FILE: '/c.pem' }, 'TLS_KEY_FILE'], [{ TLS: 'self-signed', TLS_CERT_FILE: '/c.pem', TLS_KEY_FILE: '/k.pem' }, 'TLS_CERT_FILE'], [{ TLS: 'self-signed', PUBLIC_URL: 'http://hub.test' }, 'PUBLIC_URL'], [{ TLS_PORT: '70000' }, 'TLS_PORT'], [{ TLS: 'off', LISTEN: '0.0.0.0' }, 'PUBLIC_URL'],
    [{ SIGNUP: 'yes' }, 'SIGNUP'], [{ LISTEN: '0.0.0.0' }, 'PUBLIC_URL'], [{ PUBLIC_URL: 'hub.test' }, 'PUBLIC_URL'], [{ PUBLIC_URL: 'https://hub.test/path' }, 'PUBLIC_URL'], [{ PUBLIC_URL: 'ftp://hub.test' }, 'PUBLIC_URL'], [{ TRUSTED_PROXIES: 'true' }, 'TRUSTED_PROXIES'], [{ TRUSTED_PROXIES: '1' }, 'TRUSTED_PROXIES'],
  ] as [Record<string, string>, string][])('%j names %s', (more, name) => {
    expect(() => read(more)).toThrowError(expect.objectContaining({ code: 'hub_misconfigured', message: expect.stringContaining(name) as string }) as Error);
  });
  it('is said without its value', () => {
    for (const secret of ['mysql://u:pass-word@h/d', 'short secret']) {
      try {
        read({ DATABASE_URL: secret, SECRET_KEY: 'short secret' });
      } catch (thrown) {
        expect((thrown as Error).message).not.toContain(secret);
      }
    }
  });
});

it('.env.example names every variable that is read, and none twice', () => {
  const named = [...fs.readFileSync(path.join(projectDir, '.env.example'), 'utf8').matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name ?? '');
  const source = [['app', 'hub-settings.ts'], ['tiers', 'environment.ts']].map((file) => fs.readFileSync(path.join(projectDir, 'main', ...file), 'utf8')).join('\n');
  const known = [...source.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name ?? '');
  expect([...named].sort()).toEqual([...known].sort());
  expect(new Set(named).size).toBe(named.length);
});
