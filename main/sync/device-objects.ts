/** Each device's own small object in the store: what it changed last, so that others see it within seconds for one request (rule 34). */
import type { ETag, RemoteStore, StoreKey } from './ports.ts';
import { ownPrefix, sha256Of } from './markers.ts';

export const devicesPrefix = `${ownPrefix}devices/`;
/** Keys named in one object; a longer list says only that much changed. */
const mostKeys = 200;

interface DeviceNote {
  readonly device: string;
  readonly epoch: string;
  readonly counter: number;
  readonly keys: readonly string[];
  readonly more: boolean;
}
export interface OtherDevices {
  /** Keys to look at, or 'all' when a device changed more than it names. Null = nothing new. */
  read(store: RemoteStore): Promise<readonly StoreKey[] | 'all' | null>;
  write(store: RemoteStore, note: { counter: number; keys: readonly StoreKey[] }): Promise<'written' | 'clone'>;
}

export function createOtherDevices(own: { deviceId: string; deviceName: string; epoch: string }): OtherDevices {
  const known = new Map<string, { etag: ETag; counter: number }>();
  let first = true;
  let ownEtag: ETag | null = null;
  const ownKey = `${devicesPrefix}${own.deviceId}` as StoreKey;
  return {
    read: async (store) => {
      const page = await store.list({ prefix: devicesPrefix, maxKeys: 1000 });
      const found = new Set<StoreKey>();
      let all = false;
      for (const object of page.objects) {
        if (object.key === ownKey) continue;
        const before = known.get(object.key);
        if (before?.etag === object.etag) continue;
        if (first) {
          // The full observation at start covers everything written until now.
          known.set(object.key, { etag: object.etag, counter: -1 });
          continue;
        }
        const note = await readNote(store, object.key);
        known.set(object.key, { etag: object.etag, counter: note?.counter ?? -1 });
        if (note === null || note.more || (before !== undefined && before.counter >= 0 && note.counter > before.counter + 1)) all = true;
        else for (const key of note.keys) found.add(key as StoreKey);
      }
      first = false;
      if (all) return 'all';
      return found.size === 0 ? null : [...found];
    },
    write: async (store, { counter, keys }) => {
      const note: DeviceNote = { device: own.deviceName, epoch: own.epoch, counter, keys: keys.slice(0, mostKeys), more: keys.length > mostKeys };
      const bytes = Buffer.from(JSON.stringify(note), 'utf8');
      const condition = ownEtag === null ? {} : { ifMatch: ownEtag };
      const answer = await store.put(ownKey, bytes, { sizeBytes: bytes.length, sha256: sha256Of(bytes), metadata: { contentType: 'application/json' }, ...condition });
      if (answer.ok) {
        ownEtag = answer.value.etag;
        return 'written';
      }
      // Somebody else writes under this id: this data dir was cloned (rule 12).
      ownEtag = null;
      return 'clone';
    },
  };
}

async function readNote(store: RemoteStore, key: StoreKey): Promise<DeviceNote | null> {
  const answer = await store.get(key);
  if (!answer.ok || answer.value.object.sizeBytes > 1_048_576) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.value.body) chunks.push(chunk);
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (typeof value !== 'object' || value === null || !('keys' in value) || !Array.isArray(value.keys)) return null;
    const counter = 'counter' in value && typeof value.counter === 'number' ? value.counter : -1;
    const keys = value.keys.filter((key: unknown): key is string => typeof key === 'string');
    return { device: '', epoch: '', counter, keys, more: 'more' in value && value.more === true };
  } catch {
    return null;
  }
}
