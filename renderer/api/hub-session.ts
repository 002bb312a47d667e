/** A member's session in this browser: over TLS a cookie that no script sees and a proof beside it, on this computer alone a bearer of this tab. */
import type { OutputOf } from '../../shared/api/contract.ts';
import type { Role } from '../../shared/model/accounts.ts';

export type HubFacts = OutputOf<'readHub'>;
export interface Member { readonly id: number; readonly email: string; readonly role: Role }

/** Cookies ignore ports, so any program on this computer would read them: without TLS the bearer stays in this tab (rule 42). */
export type Credential = { readonly kind: 'bearer'; readonly token: string } | { readonly kind: 'cookie'; readonly proof: string };
export interface SessionShelf {
  read(): Credential | null;
  keep(credential: Credential): void;
  forget(): void;
  /** One tab of this browser at a time: a refresh cookie counts once, and shown twice it would end the session. */
  alone<T>(job: () => Promise<T>): Promise<T>;
}
const bearerKey = 'strata-member';
const proofKey = 'strata-proof';

export function makeSessionShelf(window: Pick<Window, 'sessionStorage' | 'localStorage'> & { readonly navigator: Pick<Navigator, 'locks'> }): SessionShelf {
  return {
    read() {
      const token = window.sessionStorage.getItem(bearerKey);
      if (token !== null) return { kind: 'bearer', token };
      const proof = window.localStorage.getItem(proofKey);
      return proof === null ? null : { kind: 'cookie', proof };
    },
    keep(credential) {
      if (credential.kind === 'bearer') window.sessionStorage.setItem(bearerKey, credential.token);
      else window.localStorage.setItem(proofKey, credential.proof);
    },
    forget() {
      window.sessionStorage.removeItem(bearerKey);
      window.localStorage.removeItem(proofKey);
    },
    alone: async (job) => (window.navigator.locks === undefined ? await job() : await window.navigator.locks.request('strata-refresh', job)),
  };
}

export function headersFor(credential: Credential | null): Record<string, string> {
  if (credential === null) return {};
  return credential.kind === 'bearer' ? { Authorization: `Bearer ${credential.token}` } : { 'X-CSRF-Token': credential.proof };
}
