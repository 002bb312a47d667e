/** Live hints of changed keys, where the server tells them to its clients (MinIO's ListenBucketNotification). Lossy: never the truth. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { StoreKey } from '../sync/ports.ts';
import { decodeUrl } from './list-xml.ts';
import type { S3Endpoint } from './s3-http.ts';
import type { Credentials } from './sigv4.ts';
import { socketOf } from './store-address.ts';
import { trustOptions } from './trust.ts';

export interface WatchTarget {
  readonly endpoint: S3Endpoint;
  readonly prefix: string;
  readonly credentials: Credentials;
}

/** A server that ends each answer at once does not know the verb; the client would ask it again without a pause. */
const maxEmptyAnswers = 3;

/**
 * Resolves false when the server does not offer this; true when the signal ended it, or when a connection that had worked was
 * lost (`signal.aborted` tells which).
 */
export async function watchBucket(target: WatchTarget, onKeys: (keys: readonly StoreKey[], wasChange: boolean) => void, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return true;
  const { Client } = await import('minio');
  const { host, port, secure } = socketOf(target.endpoint.endpoint);
  // Stopping the poller leaves its request open; only the agent can end it.
  const agent = secure ? new HttpsAgent({ keepAlive: false, ...trustOptions(target.endpoint.trustedCertificate) }) : new HttpAgent({ keepAlive: false });
  const { credentials } = target;
  const client = new Client({
    endPoint: host,
    port,
    useSSL: secure,
    accessKey: credentials.accessKeyId,
    secretKey: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
    region: target.endpoint.region,
    transportAgent: agent,
    retryOptions: { disableRetry: true },
  });
  const poller = client.listenBucketNotification(target.endpoint.bucket, target.prefix, '', ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:ObjectAccessed:Head']);
  let worked = false;
  let answers = 0;
  try {
    return await new Promise<boolean>((resolve) => {
      const ask = poller.checkForChanges.bind(poller);
      poller.checkForChanges = () => {
        answers += 1;
        if (!worked && answers > maxEmptyAnswers) resolve(false);
        else ask();
      };
      signal.addEventListener('abort', () => resolve(true), { once: true });
      poller.on('notification', (record) => {
        worked = true;
        const keys = keysOfRecord(record).filter((key) => key.startsWith(target.prefix));
        if (keys.length > 0) onKeys(keys.map((key) => key.slice(target.prefix.length) as StoreKey), !isLook(record));
      });
      poller.on('error', () => resolve(worked));
    });
  } finally {
    poller.stop();
    // A socket that is cut off still reports to the poller; nobody else listens for that.
    poller.removeAllListeners();
    poller.on('error', () => undefined);
    agent.destroy();
  }
}

/** A HEAD changes nothing; such events are asked for only to push the others out of the server's buffer. */
function isLook(record: unknown): boolean {
  const name = (record as { eventName?: unknown } | null)?.eventName;
  return typeof name === 'string' && name.includes('ObjectAccessed');
}

/** Older servers form-encode the key inside the event, newer ones do not, and nothing tells which: a hint too many only costs one look. */
export function keysOfRecord(record: unknown): string[] {
  const key = (record as { s3?: { object?: { key?: unknown } } } | null)?.s3?.object?.key;
  return typeof key === 'string' ? [...new Set([key, decodeUrl(key)])] : [];
}
