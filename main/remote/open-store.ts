/** Opens the store that an address names, with its keys. */
import { AppError } from '../base/app-error.ts';
import type { Clock, Logger, RemoteStore } from '../sync/ports.ts';
import { createFolderStore } from './folder-store.ts';
import { ambientCredentials } from './s3-control.ts';
import { createS3Store } from './s3-store.ts';
import type { Credentials } from './sigv4.ts';
import { placeName, type StoreAddress } from './store-address.ts';

export interface OpenStoreDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** PEM of a certificate the user has looked at and trusts. */
  readonly trustedCertificate?: string;
  /** Take keys from this computer's AWS profile or SSO session when none were given. */
  readonly useAmbientKeys?: boolean;
}

/** Sends nothing yet: what the place can do, and whether it is there, is the probe's business. */
export function openStore(address: StoreAddress, secrets: Credentials | null, deps: OpenStoreDeps): RemoteStore {
  const place = placeName(address);
  deps.logger.debug({ place }, 'opening a store');
  if (address.kind === 'folder') return createFolderStore({ path: address.path, clock: deps.clock });
  if (secrets === null && deps.useAmbientKeys !== true) throw new AppError('keys_missing', { place });
  const credentials = secrets === null ? ambientCredentials({ place, clock: deps.clock }) : () => Promise.resolve(secrets);
  const { endpoint, region, bucket, prefix } = address;
  return createS3Store({
    endpoint: { endpoint, region, bucket, ...(deps.trustedCertificate === undefined ? {} : { trustedCertificate: deps.trustedCertificate }) },
    prefix,
    credentials,
    clock: deps.clock,
  });
}
