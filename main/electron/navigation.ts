/** Where the window may go: the service's own origin and nowhere else; https links open in the browser. */

export const restartLink = 'strata-shell://restart';
export const reportLink = 'strata-shell://report';

export type NavigationDecision = { readonly kind: 'stay' } | { readonly kind: 'allow' } | { readonly kind: 'restart' } | { readonly kind: 'report' };

/** `origin` is the service's while it runs, null on our own stopped page. Origins are compared as parsed: text that looks alike is not the same place. */
export function decideNavigation(url: string, origin: string | null): NavigationDecision {
  if (origin === null) {
    if (url === restartLink || url === `${restartLink}/`) return { kind: 'restart' };
    if (url === reportLink || url === `${reportLink}/`) return { kind: 'report' };
    return { kind: 'stay' };
  }
  return originOf(url) === origin ? { kind: 'allow' } : { kind: 'stay' };
}

export function originOf(url: string): string | null {
  try {
    const { origin } = new URL(url);
    return origin === 'null' ? null : origin;
  } catch {
    return null;
  }
}

/** A link the system's browser may open: https, no name or password in it, of sane length; null otherwise. */
export function externalLink(url: string): string | null {
  try {
    const parsed = new URL(url);
    const safe = parsed.protocol === 'https:' && parsed.username === '' && parsed.password === '' && parsed.href.length <= 2048;
    return safe ? parsed.href : null;
  } catch {
    return null;
  }
}
