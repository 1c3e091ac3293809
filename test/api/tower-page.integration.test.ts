/** The page as it is served: all its parts, under a policy that allows nothing else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from './api-harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const IMPORT = /^(?:import|export)\s[^'";]*?from\s+'([^']+)'/gm;

/** Every file that the page names, and that those name. */
async function walk(path: string, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const { status, text } = await api.ask(`GET ${path}`);
  expect(status, path).toBe(200);
  const named = [
    ...[...text.matchAll(/(?:src|href)="(\/tower\/[^"]+)"/g)].map((match) => match[1]!),
    ...[...text.matchAll(IMPORT)].map((match) => new URL(match[1]!, `http://a${path}`).pathname),
  ];
  for (const next of named) await walk(next, seen);
  return seen;
}

describe('the page', () => {
  test('is whole: every file it names is served, as what it is', async () => {
    const files = await walk('/');
    expect(files.size).toBeGreaterThan(40);
    for (const path of files) {
      const { headers, text } = await api.ask(`GET ${path}`);
      const type = String(headers['content-type']);
      if (path.endsWith('.ts') || path.endsWith('.js')) expect(type, path).toContain('javascript');
      if (!path.endsWith('.ts')) continue;
      expect(text, path).not.toMatch(/^import type |^export interface /m);
    }
  });

  test('may load its own files and talk to its own origin, and nothing else', async () => {
    for (const path of ['/', '/tower/main.ts', '/tower/vendor/uplot.js']) {
      const { headers } = await api.ask(`GET ${path}`);
      const policy = String(headers['content-security-policy']);
      expect(policy, path).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy, path).toContain("require-trusted-types-for 'script'");
      expect(policy, path).not.toMatch(/unsafe|https?:|\*/);
    }
    const { text } = await api.ask('GET /');
    expect(text).not.toMatch(/<script>|<style|\son\w+=|style=|https?:\/\//);
  });

  test('is not sent again while it is the same', async () => {
    const first = await api.ask('GET /tower/main.ts');
    const again = await api.ask('GET /tower/main.ts', {
      headers: { 'if-none-match': String(first.headers.etag) },
    });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  test('serves files that are on its list, and no others', async () => {
    for (const path of [
      '/tower/vendor/package.json',
      '/tower/../app.ts',
      '/tower/%2e%2e/assets.ts',
      '/tower/vendor/../../../package.json',
      '/tower/tsconfig.json',
      '/tower/',
    ]) {
      const { status, body } = await api.ask(`GET ${path}`);
      expect({ path, status, code: body?.code }).toEqual({ path, status: 404, code: 'not_found' });
    }
  });
});
