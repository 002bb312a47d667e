/** Turns away web pages that call this server: Host and Origin must be exactly our own address (rules 42 and 44, DNS rebinding). */

export interface AddressHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

/** Where we are reached: on this computer by port, and, where a hub is shared, by its public addresses. */
export interface OwnAddress {
  readonly port: number;
  readonly publicUrls: readonly URL[];
}

/** The public address that a request names; null where it names none. */
export function publicUrlOf(headers: AddressHeaders, own: OwnAddress): URL | null {
  return own.publicUrls.find((url) => url.host === headers.host) ?? null;
}

/** Also without a look at Origin (only for what is public anyway) the name must be ours: else any name could point here. */
export function isOurHost(headers: AddressHeaders, own: OwnAddress): boolean {
  return isLocalHost(headers, own) || publicUrlOf(headers, own) !== null;
}
/** `localhost` and `[::1]` are refused too: somebody else may listen there (rule 41). */
export function isLocalHost(headers: AddressHeaders, own: OwnAddress): boolean {
  return headers.host === `127.0.0.1:${own.port}`;
}

export function comesFromUs(headers: AddressHeaders, own: OwnAddress): boolean {
  if (!isOurHost(headers, own)) return false;
  // `Origin: null` (a sandboxed frame, a file) is a foreign origin like any other.
  if (headers.origin === undefined) return true;
  if (isLocalHost(headers, own) && headers.origin === `http://127.0.0.1:${own.port}`) return true;
  return publicUrlOf(headers, own)?.origin === headers.origin;
}

/** The name alone proves nothing where others can connect: they may write any Host. */
export function isLoopback(address: string | undefined): boolean {
  return address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';
}
