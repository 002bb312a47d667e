/** Addresses by which anybody may read one object from the store itself for a while: the bytes need not go through the hub. */
import { createSigner, encodeKeyPath, encodeRfc3986, type Credentials } from './sigv4.ts';

export interface PresignDeps {
  /** The store as clients reach it: scheme, host and port. */
  readonly publicUrl: URL;
  readonly region: string;
  readonly bucket: string;
  readonly credentials: Credentials;
  readonly nowMs: () => number;
  readonly livesMs: number;
}
export interface PresignedRead {
  readonly key: string;
  readonly filename: string;
  readonly contentType: string;
}

export function createPresigner({ publicUrl, region, bucket, credentials, nowMs, livesMs }: PresignDeps): (read: PresignedRead) => string {
  const signer = createSigner({ credentials, region, service: 's3' });
  return ({ key, filename, contentType }) => {
    const path = `/${encodeRfc3986(bucket)}/${encodeKeyPath(key)}`;
    // Always to be saved: HTML of a member must not run under the store's name (X4).
    const query: [string, string][] = [['response-content-disposition', `attachment; filename*=UTF-8''${encodeRfc3986(filename)}`], ['response-content-type', contentType]];
    return `${publicUrl.origin}${path}?${signer.presign({ method: 'GET', host: publicUrl.host, path, query, nowMs: nowMs(), livesSeconds: Math.floor(livesMs / 1000) })}`;
  };
}
