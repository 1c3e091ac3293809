import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  engineCallsNobody,
  importsPointOneWay,
  packagesHaveOneHome,
  pageImportsNoPackage,
  partiesSpeakOnlyHttp,
  specifiersNameTheFile,
} from './architecture/imports.ts';
import {
  coreIsPure,
  environmentHasOneReader,
  sqlLivesInDb,
  stockIsNeverSkipped,
  timeAndChanceAreArguments,
} from './architecture/purity.ts';
import { aFile, codeOnly, type Rule, readSources, readText } from './architecture/sources.ts';
import {
  exportsAreExplained,
  filesAreShort,
  filesOpenWithTheirPurpose,
  functionsAreShort,
  linesAreShort,
  longFilesAreLong,
  namesMeanSomething,
  nothingIsLeftToDo,
  routingIsExplained,
  routingTellsItsCost,
} from './architecture/tidiness.ts';

const long = (lines: number) => 'line;\n'.repeat(lines);

/** Each rule with a file that breaks it: a rule that cannot fail is a defect. */
const RULES: readonly (readonly [says: string, Rule, path: string, planted: string])[] = [
  [
    'imports between modules point one way',
    importsPointOneWay,
    'db/planted.ts',
    `import { decideOrders } from '../src/fulfillment/decide-orders.ts';`,
  ],
  [
    'the API and the workers never meet',
    importsPointOneWay,
    'src/api/planted.ts',
    `const { startWorkers } = await import('../../workers/worker.ts');`,
  ],
  [
    'nothing of the product imports tests',
    importsPointOneWay,
    'src/main.ts',
    `import { aNetwork } from '../test/builders/network.ts';`,
  ],
  [
    'routing imports nothing of ours',
    importsPointOneWay,
    'routing/planted.ts',
    `export type { Network } from '../src/domain/network.ts';`,
  ],
  [
    'simulated parties know the engine by its interface',
    partiesSpeakOnlyHttp,
    'src/simulation/planted.ts',
    `import { openDatabase } from '../runtime/embedded-database.ts';`,
  ],
  [
    'simulated parties have no other way in',
    partiesSpeakOnlyHttp,
    'src/simulation/planted.ts',
    `import { readFileSync } from 'node:fs';`,
  ],
  [
    'the engine answers and calls nobody',
    engineCallsNobody,
    'src/fulfillment/planted.ts',
    `await fetch(hook.url, { headers: { 'x-secret': hook.secret } });`,
  ],
  [
    'the page knows no code of the server',
    importsPointOneWay,
    'src/tower/browser/planted.ts',
    `import { MILESTONES } from '../../domain/milestones.ts';`,
  ],
  [
    'the page knows only answers and words of the server',
    importsPointOneWay,
    'src/tower/browser/planted.ts',
    `import type { Engine } from '../../fulfillment/engine.ts';`,
  ],
  [
    'the page runs without packages',
    pageImportsNoPackage,
    'src/tower/browser/planted.ts',
    `import uPlot from 'uplot';`,
  ],
  [
    'each package has one home',
    packagesHaveOneHome,
    'src/fulfillment/planted.ts',
    `import { sql } from 'kysely';`,
  ],
  [
    'a new package needs a home',
    packagesHaveOneHome,
    'src/api/planted.ts',
    `import leftPad from 'left-pad';`,
  ],
  [
    'imports name their file',
    specifiersNameTheFile,
    'db/planted.ts',
    `import { a } from './database';`,
  ],
  ['the core reads no clock', coreIsPure, 'routing/planted.ts', `const at = performance.now();`],
  ['the core waits for nobody', coreIsPure, 'src/domain/planted.ts', 'async function f() {}'],
  ['the core needs no Node', coreIsPure, 'routing/planted.ts', `import fs from 'node:fs';`],
  [
    'time is an argument',
    timeAndChanceAreArguments,
    'src/fulfillment/planted.ts',
    'const at = Temporal.Now.instant();',
  ],
  [
    'chance is an argument',
    timeAndChanceAreArguments,
    'workers/planted.ts',
    'const jitter = Math.random();',
  ],
  [
    'the environment has one reader',
    environmentHasOneReader,
    'src/main.ts',
    'const url = process.env.DATABASE_URL;',
  ],
  ['SQL lives in db', sqlLivesInDb, 'src/api/planted.ts', 'await sql`select 1`.execute(tx);'],
  [
    'query builders live in db',
    sqlLivesInDb,
    'src/fulfillment/planted.ts',
    `const rows = await tx.selectFrom('orders').execute();`,
  ],
  [
    'stock is never read past a lock',
    stockIsNeverSkipped,
    'db/stock.ts',
    'sql`select 1 from stock for update skip locked`',
  ],
  ['files are short', filesAreShort, 'db/planted.ts', long(301)],
  ['lines are short', linesAreShort, 'db/planted.ts', `const a = '${'x'.repeat(105)}';`],
  [
    'functions are short',
    functionsAreShort,
    'db/planted.ts',
    `export async function f(\n  a: string,\n): Promise<void> {\n${'  a;\n'.repeat(50)}}\n`,
  ],
  [
    'inner functions are short',
    functionsAreShort,
    'db/planted.ts',
    `const f = async (a: string) => {\n${'  a;\n'.repeat(50)}};\n`,
  ],
  ['file names mean something', namesMeanSomething, 'db/date-utils.ts', ''],
  ['names mean something', namesMeanSomething, 'db/a.ts', 'export class StockManager {}'],
  ['nothing is left to do', nothingIsLeftToDo, 'db/planted.ts', `// ${'TO'}${'DO'} later`],
  [
    'exports are explained',
    exportsAreExplained,
    'db/planted.ts',
    'export function f() {}\nexport const a = 1;',
  ],
  [
    'routing is explained',
    routingIsExplained,
    'routing/planted.ts',
    '/** A file. */\n\nexport interface Shape {}\n\n/** A. */\nexport class A {\n  of(a: number) {\n  }\n}',
  ],
  [
    'routing tells its cost',
    routingTellsItsCost,
    'routing/planted.ts',
    '/** Sorts all orders. */\nexport function* planted() {}',
  ],
  [
    'a constant of routing that can be called tells its cost',
    routingTellsItsCost,
    'routing/planted.ts',
    '/** A. O(1). */\nexport function a() {}\n\n/** B. */\nexport const b = (c: number) => c;',
  ],
  [
    'methods of routing tell their cost',
    routingTellsItsCost,
    'routing/planted.ts',
    '/** A. O(rows) to make. */\nexport class A {\n  /** B. */\n  get b(): number {\n  }\n}',
  ],
  ['files open with their purpose', filesOpenWithTheirPurpose, 'db/planted.ts', 'const a = 1;'],
];

const sources = readSources();

describe('the house', () => {
  it.each([...new Map(RULES.map(([says, rule]) => [rule, says] as const))])(
    'keeps its rule %o: %s',
    (rule) => {
      expect(rule(sources)).toEqual([]);
    },
  );

  it('lists no long file that is not long', () => {
    expect(longFilesAreLong(sources)).toEqual([]);
    expect(longFilesAreLong([])).not.toEqual([]);
  });

  it.each(RULES)('sees when this is broken: %s', (_says, rule, path, planted) => {
    expect(rule([aFile(path, planted)])).not.toEqual([]);
  });

  it('does not take words in comments and texts for code', () => {
    const inserted = '$' + "{c(/['`]/)}";
    const text = `const a = 'Date.now'; // new Date()\nconst b = \`x ${inserted} Math.random\` + d;`;

    expect(codeOnly(text).replace(/ +/g, ' ')).toBe('const a = ; \nconst b = c( ) + d;');
    expect(timeAndChanceAreArguments([aFile('src/api/a.ts', text)])).toEqual([]);
  });
});

describe('the papers', () => {
  it('give each decision a status and say what would change our mind', () => {
    const records = readdirSync('docs/adr').filter((name) => /^\d{4}-.*\.md$/.test(name));
    const incomplete = records.filter((name) => {
      const text = readText(`docs/adr/${name}`);
      return (
        !/^Status: (Proposed|Accepted|Superseded)/m.test(text) || !/change our mind/i.test(text)
      );
    });

    expect(records.length).toBeGreaterThan(0);
    expect(incomplete).toEqual([]);
  });

  it('draw the tree as it is', () => {
    const tree = /## The tree\n+```\n([\s\S]*?)```/.exec(readText('README.md'))?.[1] ?? '';
    const drawn = pathsOf(tree);
    const real = readdirSync('.', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|coverage$)/.test(entry.name))
      .map((entry) => `${entry.name}/`);

    expect(real.filter((folder) => !drawn.includes(folder))).toEqual([]);
    expect(drawn.filter((path) => !exists(path))).toEqual([]);
  });

  it('name a test that exists for every guarantee', () => {
    const named = [...readText('docs/guarantees.md').matchAll(/`((?:test|src|db)\/[^`]+\.ts)`/g)];

    expect(named.length).toBeGreaterThan(0);
    expect(named.map((match) => match[1]!).filter((path) => !exists(path))).toEqual([]);
  });
});

/** The paths that an indented tree draws: a folder ends with `/`, its content is indented more. */
function pathsOf(tree: string): string[] {
  const folders: { indent: number; path: string }[] = [];
  return tree.split('\n').flatMap((line) => {
    const found = /^( *)([\w.-]+\/?)(?= {2}|$)/.exec(line);
    if (found === null) return [];
    const indent = found[1]!.length;
    while ((folders.at(-1)?.indent ?? -1) >= indent) folders.pop();
    const path = `${folders.at(-1)?.path ?? ''}${found[2]}`;
    if (path.endsWith('/')) folders.push({ indent, path });
    return [path];
  });
}

function exists(path: string): boolean {
  try {
    readText(path);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EISDIR';
  }
}
