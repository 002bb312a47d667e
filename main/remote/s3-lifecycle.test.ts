/** Lifecycle rules on real servers: read in full, Strata's own written among others' that stay exactly as they were, and a plain word from those that take none (row H11). */
import { PutBucketLifecycleConfigurationCommand, S3Client, type LifecycleRule } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, it } from 'vitest';
import type { AppError } from '../base/app-error.ts';
import { systemClock } from '../base/clock.ts';
import { startMinio, startMoto, startVersity, type TestServer } from '../testing/servers.ts';
import { readLifecycle, writeOwnLifecycle, type LifecycleScope } from './s3-lifecycle.ts';

const servers = { moto: await startMoto(), minio: await startMinio(), versitygw: await startVersity() };
afterAll(() => Promise.all(Object.values(servers).map((one) => one.server?.stop())));
let buckets = 0;

async function scopeOn(server: TestServer, prefix = 'docs/'): Promise<LifecycleScope> {
  buckets += 1;
  const bucket = `lifecycle-${buckets}`;
  await server.makeBucket(bucket);
  return { endpoint: { endpoint: server.endpoint, region: server.region, bucket }, credentials: () => Promise.resolve({ accessKeyId: server.accessKey, secretAccessKey: server.secretKey }), clock: systemClock, prefix, libraryId: 'lib-1' };
}
/** Another program's rules, put there without Strata. */
async function putForeign(scope: LifecycleScope, rules: LifecycleRule[]): Promise<void> {
  const keys = await scope.credentials();
  const client = new S3Client({ endpoint: scope.endpoint.endpoint, region: scope.endpoint.region, forcePathStyle: true, credentials: keys, requestChecksumCalculation: 'WHEN_REQUIRED' });
  await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket: scope.endpoint.bucket, LifecycleConfiguration: { Rules: rules } }));
  client.destroy();
}
const foreign: LifecycleRule[] = [
  { ID: 'logs', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 30 } },
  { ID: 'big', Status: 'Disabled', Filter: { And: { Prefix: 'docs/old/', Tags: [{ Key: 'a', Value: 'b' }] } }, Transitions: [{ Days: 90, StorageClass: 'STANDARD_IA' }], NoncurrentVersionExpiration: { NoncurrentDays: 7 } },
];
const refusal = (act: Promise<unknown>): Promise<AppError> => act.then(() => Promise.reject(new Error('was taken')), (thrown: unknown) => thrown as AppError);

describe.skipIf(servers.moto.server === null)('on moto', () => {
  const server = servers.moto.server as TestServer;
  it('H11: own rules go among the others, change, and go away; the others stay exactly as they were', async () => {
    const scope = await scopeOn(server);
    await putForeign(scope, foreign);
    const before = await readLifecycle(scope);
    expect(before.rules.map((rule) => [rule.id, rule.isOurs, rule.isEnabled, rule.prefix, rule.byTags, rule.moves[0]?.afterDays ?? null, rule.deletesAfterDays, rule.oldVersionsGoAfterDays])).toEqual([
      ['logs', false, true, 'logs/', false, null, 30, null], ['big', false, false, 'docs/old/', true, 90, null, 7],
    ]);
    const written = await writeOwnLifecycle(scope, { archive: { folder: 'photos', afterDays: 180, storageClass: 'DEEP_ARCHIVE' }, abortUploadsAfterDays: 7 }, before.version);
    expect(written.rules.filter((rule) => !rule.isOurs)).toEqual(before.rules);
    expect(written.rules.filter((rule) => rule.isOurs)).toMatchObject([{ prefix: 'docs/photos/', moves: [{ afterDays: 180, storageClass: 'DEEP_ARCHIVE' }] }, { prefix: 'docs/', abortsUploadsAfterDays: 7 }]);
    const gone = await writeOwnLifecycle(scope, { archive: null, abortUploadsAfterDays: null }, written.version);
    expect(gone).toEqual(before);
  });
  it('rules that changed since they were shown are not written over', async () => {
    const scope = await scopeOn(server);
    const shown = await readLifecycle(scope);
    await putForeign(scope, foreign);
    expect((await refusal(writeOwnLifecycle(scope, { archive: null, abortUploadsAfterDays: 7 }, shown.version))).code).toBe('stale');
    expect((await readLifecycle(scope)).rules.map((rule) => rule.id)).toEqual(['logs', 'big']);
  });
  it('two libraries in one bucket keep their rules apart', async () => {
    const one = await scopeOn(server, 'one/');
    const other: LifecycleScope = { ...one, prefix: 'two/', libraryId: 'lib-2' };
    const first = await writeOwnLifecycle(one, { archive: null, abortUploadsAfterDays: 7 }, '');
    await writeOwnLifecycle(other, { archive: { folder: '', afterDays: 30, storageClass: 'GLACIER' }, abortUploadsAfterDays: null }, first.version);
    const seen = await readLifecycle(one);
    expect(seen.rules.map((rule) => [rule.prefix, rule.isOurs])).toEqual([['one/', true], ['two/', false]]);
    await writeOwnLifecycle(one, { archive: null, abortUploadsAfterDays: null }, seen.version);
    expect((await readLifecycle(other)).rules).toMatchObject([{ prefix: 'two/', isOurs: true }]);
  });
});

describe.skipIf(servers.minio.server === null)('on MinIO', () => {
  it('H11: it refuses to clear unfinished uploads alone, which is said plainly, and keeps the rules of others', async () => {
    const scope = await scopeOn(servers.minio.server as TestServer);
    expect(await readLifecycle(scope)).toEqual({ rules: [], version: '' });
    await putForeign(scope, [{ ID: 'logs', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 30 } }]);
    const before = await readLifecycle(scope);
    const error = await refusal(writeOwnLifecycle(scope, { archive: null, abortUploadsAfterDays: 7 }, before.version));
    expect([error.code, error.message]).toEqual(['lifecycle_unsupported', expect.stringContaining('does not take such rules')]);
    const archive = await refusal(writeOwnLifecycle(scope, { archive: { folder: '', afterDays: 30, storageClass: 'GLACIER' }, abortUploadsAfterDays: null }, before.version));
    expect(archive.code).toBe('lifecycle_unsupported');
    expect(await readLifecycle(scope)).toEqual(before);
  });
});

describe.skipIf(servers.versitygw.server === null)('on VersityGW', () => {
  it('H11: it knows no such rules, which is said plainly', async () => {
    const scope = await scopeOn(servers.versitygw.server as TestServer);
    const codes = [await refusal(readLifecycle(scope)), await refusal(writeOwnLifecycle(scope, { archive: null, abortUploadsAfterDays: 7 }, ''))].map((error) => error.code);
    expect(codes).toEqual(['lifecycle_unsupported', 'lifecycle_unsupported']);
  });
});
