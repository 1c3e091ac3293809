/** The page that says what each error code means. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { REFUSALS } from '../domain/errors.ts';

const STYLE =
  'body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;' +
  'color:#1d2733;background:#fff}code{background:#eef1f4;padding:.1em .3em;border-radius:3px}' +
  'a{color:#0b5cad}dt{margin-top:1rem}dt:target{background:#fff3c4}' +
  '@media(prefers-color-scheme:dark){body{color:#dce3ea;background:#12181f}' +
  'code{background:#222c37}a{color:#7db8f5}dt:target{background:#4a4012}}';

const CSP = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
<main>
${body}
</main>
</html>
`;
}

const ERRORS = page(
  'Portolan: errors',
  `<h1>Errors</h1>
<p>Every 4xx and 5xx answer is a problem document (RFC 9457) with one of these codes.</p>
<dl>
${Object.entries(REFUSALS)
  .map(([code, { status, title }]) => entry(code, status, title))
  .join('\n')}
${entry('internal_error', 500, 'Something went wrong on our side')}
</dl>`,
);

function entry(code: string, status: number, title: string): string {
  return `<dt id="${code}"><code>${code}</code> · ${status}</dt><dd>${title}.</dd>`;
}

/** Adds `/docs/errors`. */
export function addErrorPage(app: FastifyInstance): void {
  app.get('/docs/errors', { schema: { hide: true } }, async (_request, reply) => {
    reply.type('text/html; charset=utf-8').header('content-security-policy', CSP);
    return ERRORS;
  });
}
