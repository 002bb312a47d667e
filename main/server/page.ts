/** The window's own files, so that a browser opens the same page: only GET, only from the page's folder, never in place of /api. */
import path from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import fastifyStatic from '@fastify/static';

/**
 * `pdf-frame.html` draws a user's PDF: sandboxed it has an origin of its own (`null`), so that a PDF that breaks its reader
 * reaches neither bearer nor page (CVE-2024-4367). It gets its bytes by postMessage and may connect nowhere.
 */
const framePolicy = "sandbox allow-scripts; default-src 'none'; script-src 'self' blob:; worker-src 'self' blob:; style-src 'self'; img-src blob: data:; font-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
const frameFile = 'pdf-frame.html';
const assetPath = /^\/assets\/[\w.-]+$/;

/** Scripts and styles of the page are nobody's secret; the sandboxed frame asks for them with `Origin: null`. */
export function isPublicAsset(method: string, url: string): boolean {
  return method === 'GET' && assetPath.test(url);
}

export async function addPage(app: FastifyInstance, pageDir: string | null): Promise<void> {
  if (pageDir !== null) {
    await app.register(fastifyStatic, { root: pageDir, dotfiles: 'ignore', index: 'index.html', cacheControl: false, setHeaders: (reply, file) => setPageHeaders(reply, path.relative(pageDir, file).split(path.sep).join('/')) });
  }
  app.setNotFoundHandler((request, reply) => {
    if (request.method === 'GET' && pageDir !== null && isClientRoute(request.url)) return reply.sendFile('index.html');
    return notFound(reply);
  });
}

function setPageHeaders(reply: FastifyReply, file: string): void {
  const isAsset = assetPath.test(`/${file}`);
  // Assets carry a hash in their names; the pages must be asked for anew after an update.
  reply.header('cache-control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (isAsset) reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin');
  if (file === frameFile) reply.header('content-security-policy', framePolicy).header('x-frame-options', 'SAMEORIGIN');
}

/** `/files/…`, `/activity`: the page shows them itself. A name with a dot is a file that is not there, and says so. */
function isClientRoute(url: string): boolean {
  let wanted: string;
  try {
    wanted = decodeURIComponent(url.split('?')[0] ?? '');
  } catch {
    return false;
  }
  if (/^\/+(api|socket\.io)(\/|$)/i.test(wanted) || wanted.includes('\\') || wanted.includes('\0') || wanted.split('/').includes('..')) return false;
  return !(wanted.split('/').at(-1) ?? '').includes('.');
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).header('cache-control', 'no-store').send({ detail: 'There is no such page.', error_code: 'NOT_FOUND' });
}
