/** The system's keychain, where there is one (on a bare Linux: inside dbus-run-session with an unlocked gnome-keyring): keys are kept, apart per data dir, and removed. */
import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { openLogger } from '../base/logger.ts';
import { openKeychain } from './keychain.ts';
import { openSecretStore } from './secret-store.ts';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-keychain-'));
const logger = openLogger({ dataDir: folder });
afterAll(() => {
  logger.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const open = (dataDir: string) => openKeychain({ dataDir, clock: systemClock, logger });
const keychain = await open(path.join(folder, 'one'));

it.skipIf(keychain === null)('keeps, finds again, keeps apart and removes', async () => {
  const [one, again, two] = [keychain, await open(path.join(folder, 'one')), await open(path.join(folder, 'two'))];
  await one?.set('root-1', 'a secret of the keychain test');
  expect([await again?.get('root-1'), await two?.get('root-1')]).toEqual(['a secret of the keychain test', null]);
  await one?.remove('root-1');
  expect(await again?.get('root-1')).toBeNull();
});

it.skipIf(keychain === null)('is chosen, and what it gives is never logged', async () => {
  const store = await openSecretStore({ dataDir: path.join(folder, 'three'), env: {}, logger });
  expect(store.kind).toBe('keychain');
  await store.set('root-1', 'never in a log');
  logger.info({ value: await store.get('root-1') }, 'read');
  await store.remove('root-1');
  expect(fs.readFileSync(path.join(folder, 'logs', 'strata.log'), 'utf8')).not.toContain('never in a log');
});

it.skipIf(keychain !== null)('where there is none, that is found out in time and said', () => {
  expect(fs.readFileSync(path.join(folder, 'logs', 'strata.log'), 'utf8')).toContain('no keychain answers');
});
