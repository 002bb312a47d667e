/** The headers that keep our page ours: nothing loads from elsewhere, nobody frames it, no address leaks. */
import type { FastifyInstance } from 'fastify';
import helmet from '@fastify/helmet';
import { publicUrlOf, type AddressHeaders, type OwnAddress } from './origin-check.ts';

/** `own` is asked for late: the port is known only once the server listens, and a laptop's address changes. */
export async function addSecurityHeaders(app: FastifyInstance, own: () => OwnAddress): Promise<void> {
  // Plain HTTP on loopback: HSTS would break every other local server. Over TLS it is the reason why nobody gets in between.
  app.addHook('onRequest', async (request, reply) => {
    if (publicUrlOf(request.headers, own())?.protocol === 'https:') reply.header('strict-transport-security', 'max-age=31536000');
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", 'blob:'], mediaSrc: ["'self'"],
        connectSrc: ["'self'", (request) => socketOf(request.headers, own())],
        frameSrc: ["'self'"], fontSrc: ["'self'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: false,
    // The sandboxed frames of this origin can't have it, and Chromium complains about the mix on every page.
    originAgentCluster: false,
  });
}

/** Not every browser takes a socket of one's own origin for `'self'`. */
function socketOf(headers: AddressHeaders, own: OwnAddress): string {
  const url = publicUrlOf(headers, own);
  return url === null ? `ws://127.0.0.1:${own.port}` : `${url.protocol === 'https:' ? 'wss' : 'ws'}://${url.host}`;
}
