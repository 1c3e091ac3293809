/** Where time, chance, the environment and SQL may be touched. */
import { importsOf, moduleOf } from './imports.ts';
import type { Rule, SourceFile } from './sources.ts';

const PRODUCT = (file: SourceFile) => !['test', 'bench', 'examples'].includes(moduleOf(file.path));

/** Lines of code of `file` that match, as `path:line: said`. */
function linesWith(file: SourceFile, pattern: RegExp, said: string): string[] {
  return file.code.split('\n').flatMap((line, at) => {
    const found = pattern.exec(line);
    return found === null ? [] : [`${file.path}:${at + 1}: ${found[0].trim()} ${said}`];
  });
}

const IMPURE = new RegExp(
  [
    ...['Date\\.now', 'new Date', 'Temporal\\.Now', 'Math\\.random', 'performance', 'process\\.'],
    ...['console\\.', 'crypto\\.', 'globalThis', 'setTimeout', 'await', 'async'],
  ]
    .map((word) => `\\b${word}`)
    .join('|'),
);

/** `routing` and `domain` do no I/O and know no clock, chance or process. */
export const coreIsPure: Rule = (files) =>
  files
    .filter((file) => ['routing', 'domain'].includes(moduleOf(file.path)))
    .flatMap((file) => [
      ...linesWith(file, IMPURE, 'in the pure core: take it as an argument'),
      ...importsOf(file)
        .filter(({ specifier }) => specifier.startsWith('node:'))
        .map(({ specifier }) => `${file.path}: imports ${specifier}; the pure core needs no Node`),
    ]);

/** Only `clock.ts` knows the time and only `ids.ts` makes chance. */
export const timeAndChanceAreArguments: Rule = (files) =>
  files
    .filter(PRODUCT)
    .filter((file) => !['src/runtime/clock.ts', 'src/runtime/ids.ts'].includes(file.path))
    .flatMap((file) =>
      linesWith(
        file,
        /\bDate\.now\b|\bnew Date\b|\bTemporal\.Now\b|\bMath\.random\b/,
        'outside clock and ids: take the clock or the ids as an argument',
      ),
    );

/** Only `config.ts` reads the environment. */
export const environmentHasOneReader: Rule = (files) =>
  files
    .filter(PRODUCT)
    .filter((file) => file.path !== 'src/runtime/config.ts')
    .flatMap((file) =>
      linesWith(file, /\bprocess\.env\b/, 'is read in src/runtime/config.ts only'),
    );

/** SQL lives in `db/`. */
export const sqlLivesInDb: Rule = (files) =>
  files
    .filter((file) => PRODUCT(file) && moduleOf(file.path) !== 'db')
    .flatMap((file) =>
      linesWith(
        file,
        /\bsql(\.raw\(|\s|$)|\.(selectFrom|insertInto|updateTable|deleteFrom)\(/,
        'is SQL: write a named function in db/',
      ),
    );

/** Stock is never read past a lock: a busy row would seem not to exist. */
export const stockIsNeverSkipped: Rule = (files) =>
  files
    .filter((file) => ['db/stock.ts', 'db/capacity.ts', 'db/reservations.ts'].includes(file.path))
    .filter((file) => /skip locked/i.test(file.text.replace(/\/\*[\s\S]*?\*\//g, '')))
    .map((file) => `${file.path}: SKIP LOCKED on stock oversells (a busy row seems to vanish)`);
