/** What the door needs of a hub: who a credential belongs to, where it is reached, and its limits. */
import type { Caller } from './handlers.ts';

export interface Credentials {
  readonly bearer: string | null;
  readonly cookie: string | null;
  /** Beside a cookie, where something is changed; null where nothing is. */
  readonly proof: { readonly given: string } | null;
}
export interface RequestLimits {
  /** A minute each. */
  readonly anonymous: number;
  readonly session: number;
  readonly signUp: number;
}
export interface Figure {
  readonly name: string;
  readonly says: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
export interface DoorTls {
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
  readonly fingerprint: string;
}
export interface HubDoor {
  /** Where others reach us, the one to tell first; empty means on this computer only. Asked anew each time: a laptop's address changes, and a port may be chosen by the system. */
  publicUrls(tlsPort: number | null): readonly URL[];
  /** The address to listen on. With `tls` it is for that listener, and without TLS only this computer is answered. */
  readonly listen: string;
  readonly tls: DoorTls | null;
  /** Proxies whose `X-Forwarded-*` is believed, by address; never all (X13). */
  readonly trustedProxies: readonly string[];
  readonly limits: RequestLimits;
  /** What the first account has to know; printed once at start. */
  readonly setupCode: () => Promise<string | null>;
  identify(credentials: Credentials, device: { readonly address: string; readonly agent: string }): Promise<Caller | null>;
  /** Calls whenever something in this user’s library changed, until the returned function is called. */
  watch(userId: number, onChange: () => void): () => void;
  figures(): Promise<readonly Figure[]>;
}
/** `__Host-`: only over TLS, only this very host, no other path (RFC 6265bis). */
export const cookieNames = { access: '__Host-strata-access', refresh: '__Host-strata-refresh' } as const;
