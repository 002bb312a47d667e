/** A STORE word as the contract wants it: the address as written, and the keys from the environment beside it, never inside. */
import type { CallInputOf } from '../../shared/api/contract.ts';

export type PlaceInput = CallInputOf<'testPlace'>;

export function placeFromWord(address: string, env: NodeJS.ProcessEnv): PlaceInput {
  if (!address.startsWith('s3://')) return { address };
  const named = new URLSearchParams(address.split('?')[1] ?? '').get('keys');
  const prefix = named ?? 'AWS';
  const accessKeyId = env[`${prefix}_ACCESS_KEY_ID`];
  const secretAccessKey = env[`${prefix}_SECRET_ACCESS_KEY`];
  const sessionToken = env[`${prefix}_SESSION_TOKEN`];
  // None in the environment: the service looks into the keychain.
  if (!accessKeyId || !secretAccessKey) return { address };
  return { address, keys: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } };
}
