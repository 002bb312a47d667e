/** The second listener of a shared door: TLS, for others in the network; this computer's own session stays on loopback. */
import https from 'node:https';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { DoorTls } from '../app/hub-door.ts';
import { AppError } from '../base/app-error.ts';
import { answerClientError } from './client-errors.ts';

export interface TlsListener {
  readonly server: https.Server;
  readonly port: number;
  close(): Promise<void>;
}

/** `attach` gets the server before it listens. Throws `port_taken` where another program has the port: others were told it. */
export async function openTls(app: FastifyInstance, tls: DoorTls & { readonly host: string; readonly requestTimeoutMs: number }, attach: (server: https.Server) => void): Promise<TlsListener> {
  await app.ready();
  const server = https.createServer({ cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2', maxHeaderSize: 16_384, headersTimeout: 20_000, requestTimeout: tls.requestTimeoutMs, handshakeTimeout: 20_000 });
  server.on('request', (request, reply) => app.routing(request, reply));
  server.on('clientError', (error, socket) => answerClientError(error, socket as Socket));
  // A stranger's broken handshake is nobody's problem but theirs.
  server.on('tlsClientError', (_, socket) => socket.destroy());
  attach(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' || error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL' ? new AppError('port_taken', { detail: `${tls.host}:${tls.port}` }, error) : error));
    server.listen({ host: tls.host, port: tls.port }, resolve);
  });
  const address = server.address();
  return {
    server, port: address === null || typeof address === 'string' ? tls.port : address.port,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
