/** Signs requests with AWS Signature Version 4, because the SDK's signer costs ten times the CPU of one small upload. */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
export interface RequestToSign {
  readonly method: string;
  /** Already percent-encoded, exactly as it goes on the wire. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  /** Everything to be signed, `host` included; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Hex SHA-256 of the body, or `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string;
  readonly nowMs: number;
}
export interface RequestToPresign {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly nowMs: number;
  readonly livesSeconds: number;
}
export interface Signer {
  /** The headers to send: the given ones plus date and authorization. */
  sign(request: RequestToSign): Record<string, string>;
  /** The whole query of an address that needs no header. */
  presign(request: RequestToPresign): string;
}

export const emptyPayloadHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** RFC 3986 as Signature V4 wants it: encodeURIComponent leaves `!'()*` alone, S3 does not. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
/** An object's key as a path: every part encoded, slashes kept. */
export function encodeKeyPath(key: string): string {
  return encodeRfc3986(key).replaceAll('%2F', '/');
}
export function canonicalQuery(query: readonly (readonly [string, string])[]): string {
  return query
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort((a, b) => (a[0] === b[0] ? (a[1] < b[1] ? -1 : 1) : a[0] < b[0] ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

export function createSigner(deps: { readonly credentials: Credentials; readonly region: string; readonly service: string }): Signer {
  const { credentials, region, service } = deps;
  let keyDay = '';
  let dayKey: KeyObject | null = null;
  /** Four HMACs that only change at midnight. */
  function signingKey(day: string): KeyObject {
    if (dayKey === null || day !== keyDay) {
      // A key object once a day: made from bytes for every request it would cost six times the signature.
      dayKey = createSecretKey(hmac(hmac(hmac(hmac(`AWS4${credentials.secretAccessKey}`, day), region), service), 'aws4_request'));
      keyDay = day;
    }
    return dayKey;
  }
  return {
    sign(request) {
      const date = amzDate(request.nowMs);
      const day = date.slice(0, 8);
      const headers: Record<string, string> = { ...request.headers, 'x-amz-date': date };
      if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;
      const names = Object.keys(headers).sort();
      const signedNames = names.join(';');
      const canonical = [
        request.method,
        request.path,
        canonicalQuery(request.query),
        ...names.map((name) => `${name}:${trimmed(headers[name] ?? '')}`),
        '',
        signedNames,
        request.payloadHash,
      ].join('\n');
      const scope = `${day}/${region}/${service}/aws4_request`;
      const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256Hex(canonical)}`;
      const signature = hmac(signingKey(day), toSign).toString('hex');
      headers['authorization'] = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`;
      return headers;
    },
    presign({ method, host, path, query, nowMs, livesSeconds }) {
      const date = amzDate(nowMs);
      const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
      const signed = canonicalQuery([
        ...query, ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'], ['X-Amz-Credential', `${credentials.accessKeyId}/${scope}`], ['X-Amz-Date', date], ['X-Amz-Expires', String(livesSeconds)], ['X-Amz-SignedHeaders', 'host'],
        ...(credentials.sessionToken === undefined ? [] : [['X-Amz-Security-Token', credentials.sessionToken] as const]),
      ]);
      const canonical = [method, path, signed, `host:${host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
      const signature = hmac(signingKey(date.slice(0, 8)), `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256Hex(canonical)}`).toString('hex');
      return `${signed}&X-Amz-Signature=${signature}`;
    },
  };
}

function amzDate(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '')}Z`;
}
function trimmed(value: string): string {
  return value.trim().replace(/ +/g, ' ');
}
function hmac(key: string | Buffer | KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}
