/** What the parts of the store suite share: short ways to write, read and expect. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { ErrorCode } from '../../shared/api/errors.ts';
import { AppError } from '../base/app-error.ts';
import type { ETag, ListedObject, ObjectMetadata, RemoteStore, Sha256, StoreKey, StoreProfile, WriteCondition, Written } from '../sync/ports.ts';

/** The library under test, once it is open. */
export interface Suite {
  readonly store: () => RemoteStore;
  readonly other: () => RemoteStore;
  readonly profile: () => StoreProfile;
}

export function at(key: string): StoreKey {
  return key as StoreKey;
}
export function hashOf(content: string | Uint8Array): Sha256 {
  return createHash('sha256').update(content).digest('hex') as Sha256;
}
export async function putText(store: RemoteStore, key: StoreKey, text: string, condition: WriteCondition = {}, metadata?: ObjectMetadata): Promise<Written> {
  const bytes = Buffer.from(text);
  return must(store.put(key, bytes, { ...condition, sizeBytes: bytes.byteLength, sha256: hashOf(bytes), ...(metadata === undefined ? {} : { metadata }) }));
}
export async function must<T>(answer: Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string }>): Promise<T> {
  const settled = await answer;
  if (!settled.ok) throw new Error(`refused: ${settled.why}`);
  return settled.value;
}
export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of body) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}
export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += size) yield bytes.subarray(from, from + size);
}
export async function allKeys(store: RemoteStore, request: { readonly prefix?: string; readonly startAfter?: string; readonly maxKeys?: number }): Promise<ListedObject[]> {
  const out: ListedObject[] = [];
  let token: string | null = null;
  do {
    const page: Awaited<ReturnType<RemoteStore['list']>> = await store.list(token === null ? request : { ...request, token });
    out.push(...page.objects);
    token = page.next;
  } while (token !== null);
  return out;
}
export async function expectCode(work: Promise<unknown>, codes: readonly ErrorCode[]): Promise<void> {
  const code = await work.then(() => 'nothing was thrown', (thrown: unknown) => (thrown instanceof AppError ? thrown.code : String(thrown)));
  expect(codes).toContain(code);
}
export const wrongEtag = '0123456789abcdef0123456789abcdef' as ETag;
