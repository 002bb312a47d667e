/** The headers that keep our page ours: nothing loads from elsewhere, nobody frames it, no address leaks. */
import type { FastifyInstance } from 'fastify';
import helmet from '@fastify/helmet';

/** `port` is asked for late: it is known only once the server listens. */
export async function addSecurityHeaders(app: FastifyInstance, port: () => number, publicUrl: URL | null): Promise<void> {
  const publicSocket = publicUrl === null ? [] : [`${publicUrl.protocol === 'https:' ? 'wss' : 'ws'}://${publicUrl.host}`];
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'", () => `ws://127.0.0.1:${port()}`, ...publicSocket],
        frameSrc: ["'self'"], fontSrc: ["'self'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // Plain HTTP on loopback: HSTS would break every other local server. Behind TLS it is the reason why nobody gets in between.
    strictTransportSecurity: publicUrl?.protocol === 'https:' ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // The sandboxed frames of this origin can't have it, and Chromium complains about the mix on every page.
    originAgentCluster: false,
  });
}
