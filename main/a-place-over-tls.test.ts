/** A server with its own certificate: refused with a sentence, looked at, trusted by its fingerprint and no other one; on real MinIO over TLS. */
import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Core } from './app/core.ts';
import { silentLogger } from './base/logger.ts';
import { composeCore } from './compose.ts';
import type { StoreKey } from './sync/ports.ts';
import { startMinio, type TestServer } from './testing/servers.ts';
import { openTestStore } from './testing/store-under-test.ts';
import { typedCalls } from './testing/typed-calls.ts';

/** As a home server makes one: for its own name, which is not the address it is reached by. */
const ownCertificate = async () => generate([{ name: 'commonName', value: 'nas.home' }], { keyType: 'ec', extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'nas.home' }] }] });
const [own, other] = [await ownCertificate(), await ownCertificate()];
const started = await startMinio({ certificate: own.cert, key: own.private });
let dir: string;
let server: TestServer;
const cores: Core[] = [];

beforeAll(async () => {
  if (started.server === null) return;
  server = started.server;
  dir = await mkdtemp(path.join(tmpdir(), 'strata-tls-'));
  await server.makeBucket('secure');
});
afterAll(async () => {
  for (const core of cores) await core.close();
  await started.server?.stop();
  if (started.server !== null) await rm(dir, { recursive: true, force: true });
});

async function open(name: string, env: NodeJS.ProcessEnv) {
  await mkdir(path.join(dir, name));
  const core = await composeCore({ dataDir: path.join(dir, `${name}-data`), logger: silentLogger, deviceName: name, env: { STRATA_SECRET_KEY: 'a passphrase for tests', ...env } });
  cores.push(core);
  return { call: typedCalls(core), folder: path.join(dir, name) };
}
const keys = (): NodeJS.ProcessEnv => ({ AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey });
const address = (more = ''): string => `s3://secure?endpoint=${server.endpoint}&region=${server.region}${more}`;

describe.skipIf(started.server === null)(`a place over TLS${started.reason === null ? '' : ` (${started.reason})`}`, () => {
  it('is refused as long as its certificate is unknown, shows it when asked, and works once it is trusted', async () => {
    const { call, folder } = await open('anna', keys());
    const before = await call('testPlace', { address: address() });
    expect([before.usable, before.checks.find((check) => check.outcome === 'problem')]).toMatchObject([false, { check: 'certificate', reason: { code: 'tls_untrusted', fix: 'trustCertificate' } }]);
    const shown = await call('readCertificate', { address: address() });
    expect(shown).toMatchObject({ fingerprint: new X509Certificate(own.cert).fingerprint256, issuedTo: 'nas.home', issuedBy: 'CN=nas.home' });
    expect(shown.pem.trim()).toBe(own.cert.replaceAll('\r', '').trim());
    const place = { address: address(), trustedCertificate: shown.pem };
    expect((await call('testPlace', place)).usable).toBe(true);
    await writeFile(path.join(folder, 'over tls.txt'), 'hello');
    expect(await call('syncOnce', { folder, place })).toMatchObject({ summary: { uploaded: 1, failed: 0 }, inStep: true });
    const store = openTestStore(server, 'secure', '');
    expect((await store.head('over tls.txt' as StoreKey))?.sizeBytes).toBe(5);
    await store.close();
  });
  it('another certificate at the same address is not the one that was trusted', async () => {
    const { call, folder } = await open('bo', keys());
    const place = { address: address(), trustedCertificate: other.cert };
    expect((await call('testPlace', place)).checks.find((check) => check.outcome === 'problem')?.reason?.code).toBe('tls_untrusted');
    await writeFile(path.join(folder, 'kept here.txt'), 'hello');
    await expect(call('syncOnce', { folder, place })).rejects.toMatchObject({ code: 'tls_untrusted' });
  });
  it('a place without TLS has no certificate to look at, and says so', async () => {
    const { call } = await open('cy', keys());
    await expect(call('readCertificate', { address: address().replace('https:', 'http:') })).rejects.toMatchObject({ code: 'place_invalid' });
  });
  it('keys come from a profile of the AWS tools, and what the profile lacks is said', async () => {
    const credentials = path.join(dir, 'credentials');
    await writeFile(credentials, `[home]\naws_access_key_id = ${server.accessKey}\naws_secret_access_key = ${server.secretKey}\n`);
    const { call, folder } = await open('di', { AWS_ACCESS_KEY_ID: 'others', AWS_SECRET_ACCESS_KEY: 'wrong', AWS_SHARED_CREDENTIALS_FILE: credentials, AWS_CONFIG_FILE: path.join(dir, 'none') });
    const trusted = { trustedCertificate: own.cert };
    expect((await call('testPlace', { address: address('&profile=home'), ...trusted })).usable).toBe(true);
    expect(await call('syncOnce', { folder, place: { address: address('&profile=home'), ...trusted } })).toMatchObject({ inStep: true });
    expect((await call('testPlace', { address: address('&profile=work'), ...trusted })).checks.find((check) => check.outcome === 'problem')?.reason?.code).toBe('keys_missing');
  });
});
