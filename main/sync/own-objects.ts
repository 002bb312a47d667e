/** Reads Strata's own small objects: what came cut off or with a wrong bit is read again, before anything is concluded from it (F43). */
import { hash } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import { collect } from '../base/collect.ts';
import type { RemoteObject, RemoteStore, StoreKey } from './ports.ts';

export interface OwnObject {
  readonly object: RemoteObject;
  /** Null where it is larger than any of Strata's. */
  readonly bytes: Buffer | null;
}

/** Null when there is none. Throws `checksum_mismatch` when two readings differ and neither is vouched for. */
export async function readOwnObject(store: RemoteStore, key: StoreKey, mostBytes: number): Promise<OwnObject | null> {
  const first = await readOnce(store, key, mostBytes);
  if (first === null || isVouchedFor(first)) return first;
  const again = await readOnce(store, key, mostBytes);
  if (again === null || isVouchedFor(again)) return again;
  if (first.bytes === null || again.bytes?.equals(first.bytes) !== true) throw new AppError('checksum_mismatch', { got: key });
  return again;
}
async function readOnce(store: RemoteStore, key: StoreKey, mostBytes: number): Promise<OwnObject | null> {
  const answer = await store.get(key);
  if (!answer.ok) return null;
  const { object, body } = answer.value;
  if (object.sizeBytes <= mostBytes) return { object, bytes: await collect(body) };
  await dropBody(body);
  return { object, bytes: null };
}
/** A body that nobody began to read would keep its line taken. */
async function dropBody(body: AsyncIterable<Uint8Array>): Promise<void> {
  const reader = body[Symbol.asyncIterator]();
  await reader.next();
  await reader.return?.();
}
/** By the version mark where that is an MD5, else by the length. */
function isVouchedFor({ object, bytes }: OwnObject): boolean {
  if (bytes === null) return true;
  if (bytes.length !== object.sizeBytes) return false;
  return !/^[0-9a-f]{32}$/.test(object.etag) || hash('md5', bytes) === object.etag;
}
