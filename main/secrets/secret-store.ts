/** Where store keys lie: the system's keychain, an encrypted file, or only this session's memory; which one is always said. */
import path from 'node:path';
import { systemClock, type Clock } from '../base/clock.ts';
import type { AppLogger } from '../base/logger.ts';
import { openEncryptedFile } from './encrypted-file.ts';
import { openKeychain } from './keychain.ts';

export interface SecretStore {
  /** `memory` forgets at the end of the service; whoever shows keys must say so (`secret_store_missing`). */
  readonly kind: 'keychain' | 'encryptedFile' | 'memory';
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** `STRATA_SECRET_KEY` wins where it is set: who sets it has chosen the file, also on a computer with a keychain. */
export async function openSecretStore(options: { readonly dataDir: string; readonly env: NodeJS.ProcessEnv; readonly logger: AppLogger; readonly clock?: Clock }): Promise<SecretStore> {
  const { logger } = options;
  const passphrase = options.env['STRATA_SECRET_KEY'];
  if (passphrase !== undefined && passphrase !== '') {
    logger.addSecret(passphrase);
    return neverLogged(await openEncryptedFile(path.join(options.dataDir, 'secrets.enc'), passphrase), logger);
  }
  const keychain = await openKeychain({ dataDir: options.dataDir, clock: options.clock ?? systemClock, logger });
  if (keychain !== null) return neverLogged(keychain, logger);
  logger.warn({}, 'no keychain and no STRATA_SECRET_KEY: keys are kept only until Strata ends');
  return neverLogged(memoryStore(), logger);
}

export function memoryStore(): SecretStore {
  const values = new Map<string, string>();
  return {
    kind: 'memory',
    get: async (name) => values.get(name) ?? null,
    set: async (name, value) => void values.set(name, value),
    remove: async (name) => void values.delete(name),
  };
}

/** Whatever passes through here is known to the log's scrubber before anybody can use it. */
function neverLogged(store: SecretStore, logger: AppLogger): SecretStore {
  return {
    kind: store.kind,
    get: async (name) => {
      const value = await store.get(name);
      if (value !== null) addWithParts(value, logger);
      return value;
    },
    set: async (name, value) => {
      addWithParts(value, logger);
      await store.set(name, value);
    },
    remove: (name) => store.remove(name),
  };
}

/** Keys are kept as JSON of several values; each is a secret of its own. */
function addWithParts(value: string, logger: AppLogger): void {
  logger.addSecret(value);
  try {
    const parts: unknown = JSON.parse(value);
    if (typeof parts === 'object' && parts !== null) for (const part of Object.values(parts)) if (typeof part === 'string') logger.addSecret(part);
  } catch {
    // Not JSON: the whole value is the secret, and known already.
    return;
  }
}
