/**
 * The files of the control tower's page. Its own are TypeScript modules of `browser/`, served with their
 * types stripped; those of others are named one by one. There is no build: what is served is what is here.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { stripTypes } from './strip-types.ts';

/** One file as it is served. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

const BROWSER = join(import.meta.dirname, 'browser');

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';
const JSON_DATA = 'application/json; charset=utf-8';

/** What is served of others: path below `/tower/vendor/`, package, file in it, media type. */
const VENDORED = [
  ['uplot.js', 'uplot', 'dist/uPlot.iife.min.js', SCRIPT],
  ['uplot.css', 'uplot', 'dist/uPlot.min.css', STYLE],
  ['d3-array.js', 'd3-array', 'dist/d3-array.min.js', SCRIPT],
  ['d3-geo.js', 'd3-geo', 'dist/d3-geo.min.js', SCRIPT],
  ['topojson-client.js', 'topojson-client', 'dist/topojson-client.min.js', SCRIPT],
  ['countries-10m.json', 'world-atlas', 'countries-10m.json', JSON_DATA],
] as const;

/** Where each file is read from when it is first asked for. */
type Source = readonly [type: string, read: () => string];

/** Finds a file of the page by its path, such as `/tower/main.ts`; null where there is none. */
export function openAssets(): (path: string) => Asset | null {
  const sources = listSources();
  const made = new Map<string, Asset>();
  return (path) => {
    const known = made.get(path);
    if (known !== undefined) return known;
    const source = sources.get(path);
    if (source === undefined) return null;
    const asset = makeAsset(...source);
    made.set(path, asset);
    return asset;
  };
}

function listSources(): Map<string, Source> {
  const sources = new Map<string, Source>([
    ['/', ['text/html; charset=utf-8', () => read('index.html')]],
    ['/tower/style.css', [STYLE, () => read('style.css')]],
    ['/tower/icon.svg', ['image/svg+xml', () => read('icon.svg')]],
  ]);
  for (const file of modulesOf(BROWSER)) {
    sources.set(`/tower/${file}`, [SCRIPT, () => stripTypes(read(file))]);
  }
  for (const [name, from, file, type] of VENDORED) {
    sources.set(`/tower/vendor/${name}`, [type, () => readPackage(from, file)]);
  }
  return sources;
}

function modulesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(BROWSER, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

function read(file: string): string {
  return readFileSync(join(BROWSER, file), 'utf8');
}

function readPackage(name: string, file: string): string {
  const manifest = findPackageJSON(name, import.meta.url);
  if (manifest === undefined) throw new Error(`the package ${name} is not installed`);
  return readFileSync(join(dirname(manifest), file), 'utf8');
}

function makeAsset(type: string, readText: () => string): Asset {
  const body = Buffer.from(readText());
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 24)}"`;
  return { type, body, gzipped: gzipSync(body), etag };
}
