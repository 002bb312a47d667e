/** Opens the store that an address names, with its keys. */
import { AppError } from '../base/app-error.ts';
import type { Clock, Logger, RemoteStore } from '../sync/ports.ts';
import { createFolderStore } from './folder-store.ts';
import { profileCredentials, type ProfileFiles } from './s3-control.ts';
import { createS3Store } from './s3-store.ts';
import type { Credentials } from './sigv4.ts';
import { placeName, type S3Address, type StoreAddress } from './store-address.ts';

export interface OpenStoreDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** PEM of a certificate the user has looked at and trusts. */
  readonly trustedCertificate?: string;
  /** Where the AWS tools of this computer keep their profiles, when not at their usual place. */
  readonly profileFiles?: ProfileFiles;
}

/** Sends nothing yet: what the place can do, and whether it is there, is the probe's business. */
export function openStore(address: StoreAddress, secrets: Credentials | null, deps: OpenStoreDeps): RemoteStore {
  const place = placeName(address);
  deps.logger.debug({ place }, 'opening a store');
  if (address.kind === 'folder') return createFolderStore({ path: address.path, clock: deps.clock });
  const credentials = credentialsFor(address, secrets, deps);
  const { endpoint, region, bucket, prefix } = address;
  return createS3Store({
    endpoint: { endpoint, region, bucket, ...(deps.trustedCertificate === undefined ? {} : { trustedCertificate: deps.trustedCertificate }) },
    prefix,
    credentials,
    clock: deps.clock,
  });
}

/** Keys given win; else those of the address's profile, renewed as they run out. Throws `keys_missing`. */
export function credentialsFor(address: S3Address, secrets: Credentials | null, deps: Pick<OpenStoreDeps, 'clock' | 'profileFiles'>): () => Promise<Credentials> {
  const place = placeName(address);
  if (secrets !== null) return () => Promise.resolve(secrets);
  if (address.profile === null) throw new AppError('keys_missing', { place });
  return profileCredentials({ place, profile: address.profile, clock: deps.clock, files: deps.profileFiles ?? {} });
}
