/** A STORE word as the contract wants it: the address as written, and the keys from the environment beside it, never inside. */
import path from 'node:path';
import type { CallInputOf } from '../../shared/api/contract.ts';
import { AppError } from '../base/app-error.ts';
import { readNamedFile } from '../local/named-file.ts';
import type { CommandContext } from './command-context.ts';

export type PlaceInput = CallInputOf<'testPlace'>;

/** `trustedCertificate` is the text of a PEM file the user named. */
export function placeFromWord(address: string, env: NodeJS.ProcessEnv, trustedCertificate: string | null = null): PlaceInput {
  const plain = trustedCertificate === null ? { address } : { address, trustedCertificate };
  if (!address.startsWith('s3://')) return plain;
  const query = new URLSearchParams(address.split('?')[1] ?? '');
  // The service asks the AWS tools' own files.
  if (query.has('profile')) return plain;
  const named = query.get('keys');
  const prefix = named ?? 'AWS';
  const accessKeyId = env[`${prefix}_ACCESS_KEY_ID`];
  const secretAccessKey = env[`${prefix}_SECRET_ACCESS_KEY`];
  const sessionToken = env[`${prefix}_SESSION_TOKEN`];
  // None in the environment: the service looks into the keychain.
  if (!accessKeyId || !secretAccessKey) return plain;
  return { ...plain, keys: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } };
}

/** The text of the file `--certificate` names; null without it. */
export async function trustedCertificate(context: CommandContext): Promise<string | null> {
  const file = context.values.get('certificate');
  if (file === undefined) return null;
  const text = await readNamedFile(path.resolve(context.cwd, file));
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new AppError('bad_request', { detail: `${file} holds no certificate in PEM form` });
  return text;
}
