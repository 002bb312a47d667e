/** Each device's own small object in the store: what it changed last, so that others see it within seconds for one request, and how new it is (rules 12, 34). */
import { AppError } from '../base/app-error.ts';
import type { Index, RootRecord } from './index-port.ts';
import type { ETag, RemoteStore, StoreKey, StoreProfile } from './ports.ts';
import { ownPrefix, sha256Of } from './markers.ts';
import { readOwnObject } from './own-objects.ts';
import type { EngineDeps } from './root-engine.ts';
import type { Mark } from './standing.ts';

export const devicesPrefix = `${ownPrefix}devices/`;
/** Keys named in one object; a longer list says only that much changed. */
const mostKeys = 200;
const largestNoteBytes = 1_048_576;

interface DeviceNote extends Mark {
  readonly device: string;
  /** Who wrote it, new with every start: tells our own write, whose answer was lost, from a clone's. */
  readonly writer: string;
  readonly keys: readonly string[];
  readonly more: boolean;
}
export interface OtherDevices {
  /** Keys to look at, or 'all' when a device changed more than it names. Null = nothing new. Throws `library_behind` when a device's object went back in time since it was last read, be it before a restart. */
  read(store: RemoteStore, root: Pick<RootRecord, 'deviceId' | 'name'>): Promise<readonly StoreKey[] | 'all' | null>;
  /** What was known of other devices is void: the library is accepted as it is. */
  forget(): void;
  readOwn(store: RemoteStore, deviceId: string): Promise<Mark | null>;
  /** Writes `root.counter` and the keys, and notes in the index that the store has them. A clone of this device gets an id of its own; the answer is the root from then on. */
  tell(deps: Pick<EngineDeps, 'index' | 'store' | 'logger' | 'random'>, root: RootRecord, profile: Pick<StoreProfile, 'conditionalPut' | 'conditionalPutIfMatch'>, keys: readonly StoreKey[]): Promise<RootRecord>;
}

interface Known {
  readonly etag: ETag;
  readonly mark: Mark | null;
}

export function createOtherDevices(writer: string, index: Pick<Index, 'setting' | 'setSetting'>, rootId: RootRecord['id']): OtherDevices {
  const memory = `devices:${rootId}`;
  let known = new Map<string, Known>(Object.entries(JSON.parse(index.setting(memory) ?? '{}') as Record<string, Known>));
  let ownEtag: ETag | null = null;

  const writeNote = async (store: RemoteStore, root: RootRecord, profile: Pick<StoreProfile, 'conditionalPut' | 'conditionalPutIfMatch'>, keys: readonly StoreKey[]): Promise<boolean> => {
    const note: DeviceNote = { device: root.deviceName, writer, epoch: root.epoch, counter: root.counter, keys: keys.slice(0, mostKeys), more: keys.length > mostKeys };
    const bytes = Buffer.from(JSON.stringify(note), 'utf8');
    const condition = ownEtag === null ? (profile.conditionalPut ? { ifNoneMatch: '*' as const } : {}) : profile.conditionalPutIfMatch ? { ifMatch: ownEtag } : {};
    const key = ownKey(root.deviceId);
    const answer = await store.put(key, bytes, { sizeBytes: bytes.length, sha256: sha256Of(bytes), metadata: { contentType: 'application/json' }, ...condition });
    if (answer.ok) {
      ownEtag = answer.value.etag;
      return true;
    }
    const there = await readNote(store, key);
    ownEtag = there?.etag ?? null;
    return there?.note?.writer === writer && there.note.counter === root.counter;
  };

  return {
    read: async (store, root) => {
      const page = await store.list({ prefix: devicesPrefix, maxKeys: 1000 });
      const found = new Set<StoreKey>();
      let all = false;
      let changed = false;
      for (const object of page.objects) {
        if (object.key === ownKey(root.deviceId)) continue;
        const before = known.get(object.key);
        if (before?.etag === object.etag) continue;
        const note = (await readNote(store, object.key))?.note ?? null;
        if (note !== null && before?.mark?.epoch === note.epoch && note.counter < before.mark.counter) throw new AppError('library_behind', { root: root.name });
        known.set(object.key, { etag: object.etag, mark: note === null ? null : { epoch: note.epoch, counter: note.counter } });
        changed = true;
        if (note === null || note.more || (before?.mark?.epoch === note.epoch && note.counter > before.mark.counter + 1)) all = true;
        else for (const key of note.keys) found.add(key as StoreKey);
      }
      if (changed) index.setSetting(memory, JSON.stringify(Object.fromEntries(known)));
      if (all) return 'all';
      return found.size === 0 ? null : [...found];
    },
    forget: () => {
      known = new Map();
      index.setSetting(memory, null);
    },
    readOwn: async (store, deviceId) => {
      const there = await readNote(store, ownKey(deviceId));
      ownEtag = there?.etag ?? null;
      return there?.note ?? null;
    },
    tell: async (deps, root, profile, keys) => {
      let told = root;
      const mine = await writeNote(deps.store, told, profile, keys);
      if (!mine) {
        // Somebody else writes under this id: this computer was cloned (rule 12).
        told = { ...root, deviceId: deps.random() };
        ownEtag = null;
        deps.logger.warn({ root: root.id }, 'another device writes under this device’s id; this one takes a new id');
        deps.index.saveRoot({ ...(deps.index.root(root.id) ?? told), deviceId: told.deviceId });
        await writeNote(deps.store, told, profile, keys);
      }
      told = { ...told, counterInStore: told.counter };
      deps.index.saveRoot({ ...(deps.index.root(root.id) ?? told), counter: told.counter, counterInStore: told.counter });
      return told;
    },
  };
}

function ownKey(deviceId: string): StoreKey {
  return `${devicesPrefix}${deviceId}` as StoreKey;
}

/** Null when there is no such object; `note` null when it can't be understood. */
async function readNote(store: RemoteStore, key: StoreKey): Promise<{ readonly etag: ETag; readonly note: DeviceNote | null } | null> {
  const found = await readOwnObject(store, key, largestNoteBytes);
  return found === null ? null : { etag: found.object.etag, note: found.bytes === null ? null : parseNote(found.bytes.toString('utf8')) };
}

function parseNote(text: string): DeviceNote | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('keys' in value) || !Array.isArray(value.keys)) return null;
    const counter = 'counter' in value && typeof value.counter === 'number' ? value.counter : -1;
    const epoch = 'epoch' in value && typeof value.epoch === 'string' ? value.epoch : '';
    const device = 'device' in value && typeof value.device === 'string' ? value.device : '';
    const writer = 'writer' in value && typeof value.writer === 'string' ? value.writer : '';
    const keys = value.keys.filter((key: unknown): key is string => typeof key === 'string');
    return { device, writer, epoch, counter, keys, more: 'more' in value && value.more === true };
  } catch {
    return null;
  }
}
