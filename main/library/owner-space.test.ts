/** The owner's keys go to the synced folder's place and nowhere else, everybody else's to the members'; neither is ever seen in the other (F81, I9). */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MemoryBucket } from '../testing/memory-store.ts';
import { HeldClock } from '../testing/door-under-test.ts';
import type { RemoteStore, Sha256, StoreKey } from '../sync/ports.ts';
import { ownerSpaceStore } from './owner-space.ts';

function world(ownerId: number | null = 1) {
  const [owners, others] = [new MemoryBucket({ clock: new HeldClock() }), new MemoryBucket({ clock: new HeldClock() })];
  return { owners, others, store: ownerSpaceStore({ ownerId: () => ownerId, owner: owners.device(), members: others.device() }) };
}
const put = (store: RemoteStore, key: string, text: string) => store.put(key as StoreKey, Buffer.from(text), { sizeBytes: text.length, sha256: createHash('sha256').update(text).digest('hex') as Sha256 });
const keysOf = async (store: RemoteStore, prefix: string): Promise<string[]> => (await store.list({ prefix })).objects.map(({ key }) => key);

describe('one store out of two', () => {
  it('each key has one home, and is listed, read and removed under the name it was given', async () => {
    const { owners, others, store } = world();
    await put(store, 'user-1/notes/plan.md', 'plan');
    await put(store, 'user-2/song.txt', 'song');
    await put(store, 'user-12/not the owner’s.txt', 'twelve');
    expect([owners.sortedKeys(), others.sortedKeys()]).toEqual([['notes/plan.md'], ['user-12/not the owner’s.txt', 'user-2/song.txt']]);
    expect([await keysOf(store, 'user-1/'), await keysOf(store, 'user-2/'), await keysOf(store, 'user-1/notes/')]).toEqual([['user-1/notes/plan.md'], ['user-2/song.txt'], ['user-1/notes/plan.md']]);
    const head = await store.head('user-1/notes/plan.md' as StoreKey);
    expect([head?.key, (await store.head('notes/plan.md' as StoreKey))?.key]).toEqual(['user-1/notes/plan.md', undefined]);
    expect((await store.remove('user-1/notes/plan.md' as StoreKey)).ok).toBe(true);
    expect([owners.sortedKeys(), others.sortedKeys().length]).toEqual([[], 2]);
  });
  it('nothing is copied from one into the other', async () => {
    const { store } = world();
    await put(store, 'user-1/a', 'a');
    const head = await store.head('user-1/a' as StoreKey);
    if (head === null) throw new Error('it is not there');
    const copied = (to: string) => store.copy('user-1/a' as StoreKey, to as StoreKey, { sourceIfMatch: head.etag, sizeBytes: 1, metadata: {} });
    await expect(copied('user-2/a')).rejects.toMatchObject({ code: 'bad_request' });
    expect((await copied('user-1/b')).ok).toBe(true);
  });
  it('before there is an owner, nobody has their place', async () => {
    const { owners, others, store } = world(null);
    await put(store, 'user-1/a', 'a');
    expect([owners.sortedKeys(), others.sortedKeys()]).toEqual([[], ['user-1/a']]);
  });
});
