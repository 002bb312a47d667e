/** The door's certificate is made once and stays, is renewed before it ends, and one's own files are taken only where they fit together. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { certificateOfFiles, keptCertificate } from './server-certificate.ts';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-certificate-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));
const inDays = (days: number) => ({ ...systemClock, nowMs: () => Date.now() + days * 24 * 3_600_000 });
const folder = (name: string): string => {
  fs.mkdirSync(path.join(dir, name));
  return path.join(dir, name);
};

describe('the certificate that is made', () => {
  it('names this computer, fits its key, is for this user alone, and is the same at the next start', async () => {
    const dataDir = folder('kept');
    const made = await keptCertificate({ dataDir, names: ['192.168.1.7', 'fe80::7', 'nas.local'], clock: systemClock });
    const read = new X509Certificate(made.certificate);
    expect(read.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:192.168.1.7, IP Address:FE80:0:0:0:0:0:0:7, DNS:nas.local');
    expect([read.checkPrivateKey(createPrivateKey(made.key)), read.ca, made.certificate.includes('PRIVATE')]).toEqual([true, false, false]);
    expect(fs.statSync(path.join(dataDir, 'own-certificate.pem')).mode & 0o077).toBe(0);
    expect(await keptCertificate({ dataDir, names: ['elsewhere'], clock: inDays(700) })).toEqual(made);
  });
  it('is replaced in the last 30 days, and where it was damaged', async () => {
    const dataDir = folder('renewed');
    const made = await keptCertificate({ dataDir, names: [], clock: systemClock });
    const next = await keptCertificate({ dataDir, names: [], clock: inDays(800) });
    expect(next.fingerprint).not.toBe(made.fingerprint);
    expect(next.validUntilMs).toBeGreaterThan(made.validUntilMs);
    fs.writeFileSync(path.join(dataDir, 'own-certificate.pem'), 'half a');
    expect((await keptCertificate({ dataDir, names: [], clock: systemClock })).fingerprint).not.toBe(next.fingerprint);
  });
});

describe('files of one’s own', () => {
  it('are taken where they are a pair, and refused with a sentence where not', async () => {
    const one = await keptCertificate({ dataDir: folder('one'), names: [], clock: systemClock });
    const two = await keptCertificate({ dataDir: folder('two'), names: [], clock: systemClock });
    const write = (name: string, text: string): string => {
      fs.writeFileSync(path.join(dir, name), text);
      return path.join(dir, name);
    };
    const [certificateFile, keyFile, otherKey] = [write('c.pem', one.certificate), write('k.pem', one.key), write('o.pem', two.key)];
    expect((await certificateOfFiles({ certificateFile, keyFile })).fingerprint).toBe(one.fingerprint);
    for (const files of [{ certificateFile, keyFile: otherKey }, { certificateFile: keyFile, keyFile }, { certificateFile, keyFile: path.join(dir, 'none') }]) {
      await expect(certificateOfFiles(files)).rejects.toMatchObject({ code: 'certificate_unusable' });
    }
  });
});
