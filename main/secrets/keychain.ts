/** The system's keychain through keytar, imported only when asked for: on Linux without libsecret the import itself throws. */
import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { SecretStore } from './secret-store.ts';

interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}
/** A locked keychain asks the user; a broken one may never answer, and Strata must start without it. */
const answerWithinMs = 5_000;

/** Null where there is none that answers. */
export async function openKeychain(options: { readonly dataDir: string; readonly clock: Clock; readonly logger: Logger }): Promise<SecretStore | null> {
  // Two data dirs are two devices: neither may find or replace the other's keys.
  const service = `Strata ${createHash('sha256').update(options.dataDir).digest('hex').slice(0, 12)}`;
  try {
    const keytar = await loadKeytar();
    await withinTime(keytar.getPassword(service, 'probe'), options.clock);
    return {
      kind: 'keychain',
      get: (name) => keytar.getPassword(service, name),
      set: (name, value) => keytar.setPassword(service, name, value),
      remove: async (name) => void (await keytar.deletePassword(service, name)),
    };
  } catch (error) {
    options.logger.info({ err: error }, 'no keychain answers on this computer');
    return null;
  }
}

async function loadKeytar(): Promise<Keytar> {
  const module = (await import('keytar')) as unknown as Keytar & { readonly default?: Keytar };
  return module.default ?? module;
}

async function withinTime<T>(answer: Promise<T>, clock: Clock): Promise<T> {
  const stop = new AbortController();
  const late = clock.sleep(answerWithinMs, stop.signal).then(() => {
    throw new Error('the keychain did not answer in time');
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    stop.abort();
  }
}
