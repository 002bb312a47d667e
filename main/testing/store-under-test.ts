/** Gives the store suite a library of its own on a real server, or the reason why the server is not there. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import { createS3Store } from '../remote/s3-store.ts';
import type { RemoteStore } from '../sync/ports.ts';
import type { StartedServer, TestServer } from './servers.ts';
import type { StoreUnderTest } from './store-conformance.ts';

export function openTestStore(server: TestServer, bucket: string, prefix: string): RemoteStore {
  const credentials = { accessKeyId: server.accessKey, secretAccessKey: server.secretKey };
  return createS3Store({ endpoint: { endpoint: server.endpoint, region: server.region, bucket, ...(server.trustedCertificate === undefined ? {} : { trustedCertificate: server.trustedCertificate }) }, prefix, credentials: () => Promise.resolve(credentials), clock: systemClock });
}

/** With CI=true a server that must be there and is not is a failure, not a skip. */
export async function storeOn(starting: Promise<StartedServer>, options: { readonly versioning?: boolean; readonly mayBeMissing?: boolean } = {}): Promise<StoreUnderTest | { readonly missing: string }> {
  const { server, reason } = await starting;
  if (server === null) {
    if (process.env['CI'] === 'true' && options.mayBeMissing !== true) throw new Error(reason);
    return { missing: reason };
  }
  const bucket = `strata-${randomBytes(6).toString('hex')}`;
  await server.makeBucket(bucket, options);
  const [store, other] = [openTestStore(server, bucket, 'a library'), openTestStore(server, bucket, 'a library')];
  return {
    store,
    other,
    async close() {
      await Promise.all([store.close(), other.close()]);
      await server.stop();
    },
  };
}
