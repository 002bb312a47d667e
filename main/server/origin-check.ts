/** Turns away web pages that call this server: Host and Origin must be exactly our own address (rules 42 and 44, DNS rebinding). */

export interface AddressHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

/** Also without a look at Origin (only for what is public anyway) the name must be ours: else any name could point here. */
export function isOurHost(headers: AddressHeaders, port: number): boolean {
  return headers.host === `127.0.0.1:${port}`;
}

/** `localhost` and `[::1]` are refused too: somebody else may listen there (rule 41). */
export function comesFromUs(headers: AddressHeaders, port: number): boolean {
  if (!isOurHost(headers, port)) return false;
  // `Origin: null` (a sandboxed frame, a file) is a foreign origin like any other.
  return headers.origin === undefined || headers.origin === `http://127.0.0.1:${port}`;
}
