/** Figures for Prometheus at /metrics: requests by route pattern (never by path, which holds names), the process, and what the hub tells. */
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { HubDoor } from '../app/hub-door.ts';
import { AppError } from '../base/app-error.ts';
import { callerOf } from './callers.ts';
import { isLocalHost, isLoopback, type OwnAddress } from './origin-check.ts';
import { judgeCaller } from './who-may.ts';

export function addMetrics(app: FastifyInstance, deps: { readonly hub: HubDoor; readonly own: () => OwnAddress }): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'strata_' });
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({ name: 'strata_http_requests_total', help: 'Requests answered.', labelNames, registers: [registry] });
  const seconds = new Histogram({ name: 'strata_http_request_seconds', help: 'Time to answer.', labelNames, buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60], registers: [registry] });
  const gauges = new Map<string, Gauge>();

  app.addHook('onResponse', async (request, reply) => {
    const labels = { method: request.method, route: request.routeOptions.url ?? '(none)', status: String(reply.statusCode) };
    requests.inc(labels);
    seconds.observe(labels, reply.elapsedTime / 1000);
  });
  app.get('/metrics', async (request, reply) => {
    // A monitor on this computer, or an admin: figures tell outsiders what is here (X9).
    const isHere = isLocalHost(request.headers, deps.own()) && isLoopback(request.socket.remoteAddress);
    const verdict = isHere ? 'may' : judgeCaller('admin', callerOf(request));
    if (verdict !== 'may') throw new AppError(verdict);
    for (const figure of await deps.hub.figures()) {
      let gauge = gauges.get(figure.name);
      if (gauge === undefined) gauges.set(figure.name, (gauge = new Gauge({ name: figure.name, help: figure.says, labelNames: Object.keys(figure.labels), registers: [registry] })));
      gauge.set({ ...figure.labels }, figure.value);
    }
    return reply.header('content-type', registry.contentType).header('cache-control', 'no-store').send(await registry.metrics());
  });
}
