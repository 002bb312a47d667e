/** The rare questions about a bucket itself, and keys from AWS profiles, through the AWS SDK, which is loaded only when asked. */
import type { Agent } from 'node:https';
import type * as Sdk from '@aws-sdk/client-s3';
import { AppError } from '../base/app-error.ts';
import type { Clock, StoreProfile } from '../sync/ports.ts';
import { connectionError, meaningOf } from './s3-errors.ts';
import type { S3Endpoint } from './s3-http.ts';
import type { Credentials } from './sigv4.ts';
import { trustOptions } from './trust.ts';

export interface ControlDeps {
  readonly endpoint: S3Endpoint;
  readonly credentials: () => Promise<Credentials>;
  readonly clock: Clock;
}

export async function withClient<T>(deps: ControlDeps, use: (s3: { readonly sdk: typeof Sdk; readonly client: Sdk.S3Client }) => Promise<T>): Promise<T> {
  const sdk = await import('@aws-sdk/client-s3');
  const secure = deps.endpoint.trustedCertificate === undefined ? {} : await trusting(deps.endpoint.trustedCertificate);
  const client = new sdk.S3Client({
    endpoint: deps.endpoint.endpoint,
    region: deps.endpoint.region,
    forcePathStyle: !new URL(deps.endpoint.endpoint).hostname.endsWith('.amazonaws.com'),
    credentials: await deps.credentials(),
    // Its default checksums break R2, older Ceph and VersityGW.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
    ...secure,
  });
  try {
    return await use({ sdk, client });
  } finally {
    client.destroy();
  }
}
async function trusting(certificate: string): Promise<{ requestHandler: { httpsAgent: Agent } }> {
  const https = await import('node:https');
  return { requestHandler: { httpsAgent: new https.Agent(trustOptions(certificate)) } };
}

/** 'off' also where the server does not know versions at all. */
export async function keepsVersions(deps: ControlDeps): Promise<StoreProfile['versioning']> {
  try {
    const answer = await withClient(deps, ({ sdk, client }) => client.send(new sdk.GetBucketVersioningCommand({ Bucket: deps.endpoint.bucket })));
    return answer.Status === 'Enabled' ? 'on' : answer.Status === 'Suspended' ? 'suspended' : 'off';
  } catch (thrown) {
    const error = controlError(thrown, deps);
    // A server without versions, or one that does not let us ask: the careful answer is that nothing is kept.
    if (error.code === 'store_error' || error.code === 'access_denied' || error.code === 'object_missing') return 'off';
    throw error;
  }
}

export async function bucketExists(deps: ControlDeps): Promise<boolean> {
  try {
    await withClient(deps, ({ sdk, client }) => client.send(new sdk.HeadBucketCommand({ Bucket: deps.endpoint.bucket })));
    return true;
  } catch (thrown) {
    const error = controlError(thrown, deps);
    if (error.code === 'bucket_missing' || error.code === 'object_missing') return false;
    throw error;
  }
}

/** False when it was there already. */
export async function createBucket(deps: ControlDeps): Promise<boolean> {
  try {
    await withClient(deps, ({ sdk, client }) => client.send(new sdk.CreateBucketCommand({ Bucket: deps.endpoint.bucket })));
    return true;
  } catch (thrown) {
    const name = (thrown as { name?: string }).name;
    if (name === 'BucketAlreadyOwnedByYou' || name === 'BucketAlreadyExists') return false;
    throw controlError(thrown, deps);
  }
}

export async function setVersioning(deps: ControlDeps, status: 'Enabled' | 'Suspended'): Promise<void> {
  try {
    await withClient(deps, ({ sdk, client }) => client.send(new sdk.PutBucketVersioningCommand({ Bucket: deps.endpoint.bucket, VersioningConfiguration: { Status: status } })));
  } catch (thrown) {
    throw controlError(thrown, deps);
  }
}

export interface ProfileFiles {
  readonly credentials?: string;
  readonly config?: string;
}
/** Keys from a profile of the AWS tools on this computer (kept keys, single sign-on, a role, a program), renewed by the SDK's own rules. */
export function profileCredentials(deps: { readonly place: string; readonly profile: string; readonly clock: Clock; readonly files: ProfileFiles }): () => Promise<Credentials> {
  const { credentials: filepath, config: configFilepath } = deps.files;
  let current: (Credentials & { readonly expiration?: Date }) | null = null;
  return async () => {
    // Five minutes early, so that a request under way does not outlive its key.
    if (current !== null && (current.expiration === undefined || current.expiration.getTime() - deps.clock.nowMs() > 300_000)) return current;
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
    try {
      // `ignoreCache`: whoever has just logged in again must not be told of the file as it was.
      current = await fromNodeProviderChain({ profile: deps.profile, ignoreCache: true, ...(filepath === undefined ? {} : { filepath }), ...(configFilepath === undefined ? {} : { configFilepath }) })();
    } catch (thrown) {
      throw new AppError('keys_missing', { place: deps.place }, thrown);
    }
    return current;
  };
}

export function controlError(thrown: unknown, deps: ControlDeps): AppError {
  const place = `${new URL(deps.endpoint.endpoint).host}/${deps.endpoint.bucket}`;
  const error = thrown as { name?: string; Code?: string; $metadata?: { httpStatusCode?: number } };
  const status = error.$metadata?.httpStatusCode;
  if (status === undefined) return connectionError(thrown, place);
  const meaning = meaningOf({ status, code: error.Code ?? error.name ?? '', region: null, isHtml: false }, { place, bucket: deps.endpoint.bucket });
  if (meaning instanceof AppError) return meaning;
  return new AppError(meaning === 'absent' ? 'object_missing' : 'store_error', { place, detail: meaning }, thrown);
}
