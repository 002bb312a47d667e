/** What is accepted of a server's certificate when the user trusts one: the authority they gave, or that very certificate under any name; and how to look at one. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type ConnectionOptions, type DetailedPeerCertificate } from 'node:tls';
import type { ShownCertificate } from '../../shared/api/contract.ts';
import { connectionError } from './s3-errors.ts';
import { socketOf } from './store-address.ts';

/**
 * Options for a TLS connection. A pinned certificate counts although nobody known signed it, and although it names another host:
 * home servers sign for `localhost` and are reached by an address. Whatever it signed itself still has to name the host.
 */
export function trustOptions(pem: string | undefined): Pick<ConnectionOptions, 'ca' | 'allowPartialTrustChain' | 'checkServerIdentity'> {
  if (pem === undefined) return {};
  const pinned = fingerprintsOf(pem);
  return {
    ca: pem,
    allowPartialTrustChain: true,
    checkServerIdentity: (host, certificate) => (pinned.has(certificate.fingerprint256) ? undefined : checkServerIdentity(host, certificate)),
  };
}
function fingerprintsOf(pem: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [block] of pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)) {
    try {
      found.add(new X509Certificate(block).fingerprint256);
    } catch {
      // What can't be read trusts nothing.
    }
  }
  return found;
}

/** The certificate that a server shows, without believing it: one handshake and no request. Throws as any connection does; `timeoutMs` bounds it. */
export async function lookAtCertificate(endpoint: string, timeoutMs: number): Promise<ShownCertificate | null> {
  const { host, port, secure } = socketOf(endpoint);
  if (!secure) return null;
  // A name for the handshake; an address may not be one (RFC 6066, section 3).
  const named = isIP(host) === 0 ? { servername: host } : {};
  return new Promise((resolve, reject) => {
    // Nothing is sent over it; the user compares what it shows.
    const socket = connect({ host, port, rejectUnauthorized: false, ...named });
    const fail = (thrown: unknown): void => {
      socket.destroy();
      reject(connectionError(thrown, new URL(endpoint).host));
    };
    socket.setTimeout(timeoutMs, () => fail(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      const seen = socket.getPeerCertificate(true);
      socket.destroy();
      resolve(seen.raw === undefined ? null : factsOf(seen));
    });
  });
}
function factsOf(seen: DetailedPeerCertificate): ShownCertificate {
  const certificate = new X509Certificate(seen.raw);
  return {
    pem: certificate.toString(), fingerprint: certificate.fingerprint256,
    issuedTo: nameOf(certificate.subjectAltName?.replaceAll(/(DNS|IP Address):/g, '') ?? certificate.subject), issuedBy: nameOf(certificate.issuer), validUntilMs: Date.parse(certificate.validTo),
  };
}
/** `CN=…` on lines of their own become one line; nothing a server writes there may be long. */
function nameOf(text: string): string {
  return text.split('\n').join(', ').slice(0, 200);
}
