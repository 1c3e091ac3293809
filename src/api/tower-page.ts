/** Serves the control tower's page: `/` and the files below `/tower/`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openAssets } from '../tower/assets.ts';

/**
 * The page loads its own files, talks to its own origin and does nothing else: no inline script or
 * style, no other host, no frame, no form, and no text that is taken for markup.
 */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Adds the page. Files are read when they are first asked for, then kept. */
export function addTowerPage(app: FastifyInstance): void {
  const find = openAssets();
  const serve = async (request: FastifyRequest, reply: FastifyReply) => {
    const asset = find(request.url.split('?', 1)[0]!);
    if (asset === null) return reply.callNotFound();
    // The browser keeps the file and asks whether it is still the same: a new version shows at once.
    reply.header('content-security-policy', CSP).header('cache-control', 'no-cache');
    reply.header('etag', asset.etag).header('vary', 'accept-encoding');
    if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
    reply.type(asset.type);
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return asset.body;
    return reply.header('content-encoding', 'gzip').send(asset.gzipped);
  };
  app.get('/', { schema: { hide: true } }, serve);
  app.get('/tower/*', { schema: { hide: true } }, serve);
}
