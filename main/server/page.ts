/** The window's own files, so that a browser opens the same page: only GET, only from the page's folder, never in place of /api. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import fastifyStatic from '@fastify/static';

export async function addPage(app: FastifyInstance, pageDir: string | null): Promise<void> {
  if (pageDir !== null) {
    await app.register(fastifyStatic, { root: pageDir, dotfiles: 'ignore', index: 'index.html', cacheControl: false, setHeaders: (reply) => void reply.header('cache-control', 'no-cache') });
  }
  app.setNotFoundHandler((request, reply) => {
    if (request.method === 'GET' && pageDir !== null && isClientRoute(request.url)) return reply.sendFile('index.html');
    return notFound(reply);
  });
}

/** `/files/…`, `/activity`: the page shows them itself. A name with a dot is a file that is not there, and says so. */
function isClientRoute(url: string): boolean {
  let path: string;
  try {
    path = decodeURIComponent(url.split('?')[0] ?? '');
  } catch {
    return false;
  }
  if (/^\/+(api|socket\.io)(\/|$)/i.test(path) || path.includes('\\') || path.includes('\0') || path.split('/').includes('..')) return false;
  return !(path.split('/').at(-1) ?? '').includes('.');
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).header('cache-control', 'no-store').send({ detail: 'There is no such page.', error_code: 'NOT_FOUND' });
}
