/** The certificate that the door shows over TLS: one's own files, or one made once and kept in the data folder, so that its fingerprint stays. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { generate } from 'selfsigned';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string;
  readonly validUntilMs: number;
}
/** Browsers take none that lives longer (CA/Browser Forum). */
const livesMs = 825 * 24 * 3_600_000;
/** A made one is replaced before it ends; until then everybody sees the same fingerprint. */
const renewBeforeMs = 30 * 24 * 3_600_000;

/** `names`: host names and addresses under which others reach this computer. */
export async function keptCertificate(options: { readonly dataDir: string; readonly names: readonly string[]; readonly clock: Clock }): Promise<ServerCertificate> {
  // One file, so that key and certificate can't come apart.
  const file = path.join(options.dataDir, 'own-certificate.pem');
  const kept = await readPrivateFile(file);
  const found = kept === null ? null : usable(kept, kept);
  if (found !== null && found.validUntilMs - options.clock.nowMs() > renewBeforeMs) return found;
  const made = await makeCertificate(options.names, options.clock.nowMs());
  await writePrivateFile(file, `${made.certificate}\n${made.key}\n`);
  return made;
}

/** Files of the owner's own; read anew at every start. */
export async function certificateOfFiles(files: { readonly certificateFile: string; readonly keyFile: string }): Promise<ServerCertificate> {
  const read = (file: string): Promise<string> => fs.readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new AppError('certificate_unusable', { detail: `${file} can’t be read` }, thrown);
  });
  const found = usable(await read(files.certificateFile), await read(files.keyFile));
  if (found === null) throw new AppError('certificate_unusable', { detail: 'certificate and key are not PEM, or don’t belong together' });
  return found;
}

/** Null where they are no pair. */
function usable(certificate: string, key: string): ServerCertificate | null {
  try {
    const first = new X509Certificate(certificate);
    if (!first.checkPrivateKey(createPrivateKey(key))) return null;
    return { certificate: blocks(certificate, 'CERTIFICATE'), key: blocks(key, '[A-Z ]*PRIVATE KEY'), fingerprint: first.fingerprint256, validUntilMs: Date.parse(first.validTo) };
  } catch {
    return null;
  }
}
/** Of a file that holds both, what is asked for. */
function blocks(pem: string, kind: string): string {
  return [...pem.matchAll(new RegExp(`-----BEGIN (${kind})-----[^-]+-----END \\1-----`, 'g'))].map(([block]) => block).join('\n');
}

async function makeCertificate(names: readonly string[], nowMs: number): Promise<ServerCertificate> {
  const isAddress = (name: string): boolean => /^[\d.]+$/.test(name) || name.includes(':');
  const altNames = [...new Set(['localhost', '127.0.0.1', ...names])].map((name) => (isAddress(name) ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const)));
  const made = await generate([{ name: 'commonName', value: 'Strata' }], {
    keyType: 'ec', algorithm: 'sha256', notBeforeDate: new Date(nowMs - 3_600_000), notAfterDate: new Date(nowMs + livesMs),
    extensions: [{ name: 'basicConstraints', cA: false, critical: true }, { name: 'keyUsage', digitalSignature: true, critical: true }, { name: 'extKeyUsage', serverAuth: true }, { name: 'subjectAltName', altNames }],
  });
  const found = usable(made.cert, made.private);
  if (found === null) throw new AppError('internal');
  return found;
}
