/** An address opens the store it names, and keys are never in its name or in an error. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { Logger } from '../sync/ports.ts';
import { at, expectCode, putText } from '../testing/store-suite.ts';
import { openStore } from './open-store.ts';
import { parseStoreAddress } from './store-address.ts';

const said: string[] = [];
const note = (fields: object, text: string): void => void said.push(JSON.stringify(fields) + text);
const logger: Logger = { debug: note, info: note, warn: note, error: note };
const bucket = parseStoreAddress('s3://bucket/lib?endpoint=http://127.0.0.1:1');

test('a bucket is named by host, bucket and prefix, and asks for nothing until it is used', async () => {
  const store = openStore(bucket, { accessKeyId: 'the-key', secretAccessKey: 'the-secret' }, { clock: systemClock, logger });
  expect(store.description).toEqual({ kind: 's3', name: '127.0.0.1:1/bucket/lib', identity: 's3 http://127.0.0.1:1 bucket lib/' });
  await expectCode(store.list({}), ['network_unreachable']);
  const thrown = await store.head(at('a')).catch((error: unknown) => error);
  expect(`${JSON.stringify(thrown)}${String(thrown)}${said.join('')}`).not.toMatch(/the-key|the-secret/);
  await store.close();
});
test('a bucket without keys says so', () => {
  expect(() => openStore(bucket, null, { clock: systemClock, logger })).toThrow(expect.objectContaining({ code: 'keys_missing' }));
});
test('a folder needs none', async () => {
  const path = await mkdtemp(join(tmpdir(), 'strata-open-'));
  const store = openStore({ kind: 'folder', path }, null, { clock: systemClock, logger });
  await putText(store, at('a'), 'x');
  expect(await store.head(at('a'))).not.toBeNull();
  await rm(path, { recursive: true });
});
