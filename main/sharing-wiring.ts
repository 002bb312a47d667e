/** Makes the hub of a desktop that shares: the owner's synced folder and a place for members as one store, accounts in the data folder. */
import type { HubSettings } from './app/hub-settings.ts';
import type { RunningHub } from './app/hub-switch.ts';
import type { Folders } from './app/ports.ts';
import { secretNameOf, type RootRegistry } from './app/root-registry.ts';
import type { SharingRecord } from './app/sharing-service.ts';
import { AppError } from './base/app-error.ts';
import type { Clock } from './base/clock.ts';
import type { AppLogger } from './base/logger.ts';
import { ownerSpaceStore } from './library/owner-space.ts';
import type { StorePlaces } from './place-wiring.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import type { RemoteStore } from './sync/ports.ts';

export interface SharingParts {
  readonly registry: RootRegistry;
  readonly places: StorePlaces;
  readonly folders: Folders;
  readonly dataDir: string;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly logger: AppLogger;
}

export async function openSharedHub(parts: SharingParts, record: SharingRecord, ownerId: () => number | null, isFirst: boolean): Promise<RunningHub> {
  const { registry, places, folders, clock } = parts;
  const root = registry.record(record.rootId);
  const keys = { keys: null, secretName: secretNameOf(root.id), trustedCertificate: root.trustedCertificate };
  refuseOverlap(places, root.address, record.membersPlace);
  const members = await places.open(record.membersPlace, { ...keys, forSync: true });
  let owner: RemoteStore | null = null;
  try {
    owner = await places.open(root.address, { ...keys, forSync: true });
    // A place that can't be used is said where it was chosen; later it may be away for a while.
    if (isFirst) await makeMembersPlace({ places, folders }, record.membersPlace, keys, members);
    const store = ownerSpaceStore({ ownerId, owner, members });
    const { openHub } = await import('./hub-wiring.ts');
    return await openHub({ settings: settingsOf(record), dataDir: parts.dataDir, secrets: parts.secrets, clock, logger: parts.logger, store, keepsNames: (userId) => userId === ownerId() });
  } catch (thrown) {
    await Promise.all([owner?.close(), members.close()]);
    throw thrown;
  }
}

async function makeMembersPlace({ places, folders }: Pick<SharingParts, 'places' | 'folders'>, address: string, keys: Parameters<StorePlaces['makeBucket']>[1], store: RemoteStore): Promise<void> {
  const { folder } = places.parse(address);
  if (folder !== null) return folders.makeFolder(folder);
  const look = (): Promise<unknown> => store.list({ prefix: 'user-', maxKeys: 1 });
  await look().catch(async (thrown: unknown) => {
    if (!(thrown instanceof AppError) || thrown.code !== 'bucket_missing') throw thrown;
    await places.makeBucket(address, keys);
    await look();
  });
}

/** Members' files in the owner's space would come down to the owner's disk, and theirs would be everybody's. */
function refuseOverlap(places: StorePlaces, owner: string, members: string): void {
  const [one, other] = [places.parse(owner).identity, places.parse(members).identity];
  const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(outer.endsWith('/') || outer.endsWith(' ') ? outer : `${outer}/`);
  if (isWithin(one, other) || isWithin(other, one)) throw new AppError('sharing_overlaps');
}

function settingsOf(record: SharingRecord): HubSettings {
  return {
    databaseUrl: null, secretKey: null, algorithm: 'EdDSA', bearerMs: 24 * 3_600_000, warm: null, cold: null, mostUploadBytes: null, signUp: 'invite', publicUrl: null, listen: '0.0.0.0',
    tls: { port: record.port, files: record.certificate.kind === 'files' ? record.certificate : null }, trustedProxies: [], limits: { anonymous: 100, session: 1200, signUp: 30 }, failedLogins: 10, mail: null, isShared: true,
  };
}
