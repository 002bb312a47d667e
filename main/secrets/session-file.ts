/** How clients of a data dir find its service: `service.json` (address, pid, epoch) and `token`, private, there only while it runs (rule 41). */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

export interface ServiceFile {
  readonly address: string;
  readonly pid: number;
  readonly epoch: string;
}
const addressOf = (dataDir: string): string => path.join(dataDir, 'service.json');
const tokenOf = (dataDir: string): string => path.join(dataDir, 'token');

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The token first: who finds the address finds its token. */
export async function publishService(dataDir: string, service: ServiceFile, token: string): Promise<void> {
  await writePrivateFile(tokenOf(dataDir), token);
  await writePrivateFile(addressOf(dataDir), JSON.stringify(service));
}

export async function withdrawService(dataDir: string): Promise<void> {
  await fs.rm(addressOf(dataDir), { force: true });
  await fs.rm(tokenOf(dataDir), { force: true });
}

/** Null when none is published. What it says is not believed before `hello` proved it: a crash leaves it behind. */
export async function findService(dataDir: string): Promise<(ServiceFile & { readonly token: string }) | null> {
  const [text, token] = await Promise.all([readPrivateFile(addressOf(dataDir)), readPrivateFile(tokenOf(dataDir))]);
  if (text === null || token === null) return null;
  try {
    const said = JSON.parse(text) as Partial<Record<keyof ServiceFile, unknown>>;
    if (typeof said.address !== 'string' || typeof said.pid !== 'number' || typeof said.epoch !== 'string') return null;
    // Never anywhere but here: the file could say where to send the token.
    if (!/^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(said.address)) return null;
    return { address: said.address, pid: said.pid, epoch: said.epoch, token };
  } catch {
    return null;
  }
}
