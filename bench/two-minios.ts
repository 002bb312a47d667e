/** Two real MinIOs, warm and cold, with a proxy before the cold one that can spoil requests, and what lies in both: the ground that the benches of migration stand on. */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { InputOf } from '../shared/api/contract.ts';
import { collect } from '../main/base/collect.ts';
import { startFaultProxy, type FaultProxy } from '../main/testing/fault-proxy.ts';
import { startMinio, type TestServer } from '../main/testing/servers.ts';
import { openTestStore } from '../main/testing/store-under-test.ts';
import type { ListedObject, RemoteStore } from '../main/sync/ports.ts';

export type Side = 'warm' | 'cold';
export interface TwoMinios {
  /** Before the cold server; lets everything pass until told otherwise. */
  readonly proxy: FaultProxy;
  server(side: Side): TestServer;
  /** As a command takes it; the cold one through the proxy. */
  place(side: Side): InputOf<'syncOnce'>['place'];
  store(side: Side): RemoteStore;
  stop(): Promise<void>;
}

/** Throws with the reason where MinIO can't be had. */
export async function startTwoMinios(bucket: string): Promise<TwoMinios> {
  const servers = {} as Record<Side, TestServer>;
  const stores = {} as Record<Side, RemoteStore>;
  for (const side of ['warm', 'cold'] as const) {
    const { server, reason } = await startMinio();
    if (server === null) throw new Error(reason);
    servers[side] = server;
    await server.makeBucket(bucket);
    stores[side] = openTestStore(server, bucket, '');
  }
  const proxy = await startFaultProxy(servers.cold.endpoint);
  return {
    proxy, server: (side) => servers[side], store: (side) => stores[side],
    place: (side) => ({ address: `s3://${bucket}?endpoint=${side === 'warm' ? servers.warm.endpoint : proxy.endpoint}&region=us-east-1`, keys: { accessKeyId: servers[side].accessKey, secretAccessKey: servers[side].secretKey } }),
    stop: async () => {
      await proxy.close();
      for (const side of ['warm', 'cold'] as const) {
        await stores[side].close();
        await servers[side].stop();
      }
    },
  };
}

export interface Seen {
  readonly sha256: string;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
}
/** Every file of a synced folder. Inode and time show whether a file was written anew. */
export async function diskTree(folder: string): Promise<Map<string, Seen>> {
  const tree = new Map<string, Seen>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, full).split(path.sep).join('/');
    if (!entry.isFile() || name.startsWith('.strata')) continue;
    const stat = await lstat(full, { bigint: true });
    tree.set(name, { sha256: sha(await readFile(full)), mtimeNs: stat.mtimeNs, inode: stat.ino });
  }
  return tree;
}
/** A person's own objects; Strata's records and trash are told apart by their prefix. */
export async function objectsIn(store: RemoteStore): Promise<Map<string, ListedObject>> {
  const found = new Map<string, ListedObject>();
  for (let token: string | undefined; ; ) {
    const page = await store.list(token === undefined ? {} : { token });
    for (const object of page.objects) if (!object.key.startsWith('.strata/') && !object.key.endsWith('/')) found.set(object.key, object);
    if (page.next === null) return found;
    token = page.next;
  }
}
export async function contentOf(store: RemoteStore, object: ListedObject): Promise<string> {
  const answer = await store.get(object.key);
  return answer.ok ? sha(await collect(answer.value.body)) : `not there: ${answer.why}`;
}
export const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Whether all of it held, for the exit status. */
export function createChecks(): { readonly check: (what: string, holds: boolean, more?: string) => void; readonly failures: () => number } {
  let failures = 0;
  return {
    check: (what, holds, more = '') => {
      console.log(`- ${holds ? 'yes' : 'NO '}  ${what}${more === '' ? '' : `: ${more}`}`);
      if (!holds) failures += 1;
    },
    failures: () => failures,
  };
}
export function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const given = at < 0 ? Number.NaN : Number(process.argv[at + 1]);
  return Number.isFinite(given) && given >= 0 ? given : otherwise;
}
