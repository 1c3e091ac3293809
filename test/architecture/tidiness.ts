/** What makes a file fit in a head. */
import { moduleOf } from './imports.ts';
import type { Rule, SourceFile } from './sources.ts';

const MOST_LINES = 300;
/** A test may tell a longer story. */
const MOST_TEST_LINES = 450;
const MOST_FUNCTION_LINES = 50;
/** The formatter breaks code at 100; comments and texts, which it leaves alone, get some slack. */
const MOST_COLUMNS = 110;

/** Files that may be longer, each with its reason. */
const LONG_FILES: Record<string, string> = {
  'db/schema.ts': 'the rows of every table, in one place to be read beside each other',
  'routing/types.ts': 'the vocabulary of the library',
  'src/tower/browser/texts/en.ts': 'one catalogue per language, to be read beside each other',
  'src/tower/browser/texts/ko.ts': 'one catalogue per language, to be read beside each other',
};

/** Files fit in a head. */
export const filesAreShort: Rule = (files) =>
  files.flatMap((file) => {
    const lines = file.text.trimEnd().split('\n').length;
    const most = moduleOf(file.path) === 'test' ? MOST_TEST_LINES : MOST_LINES;
    if (lines <= most || LONG_FILES[file.path] !== undefined) return [];
    return [`${file.path}: ${lines} lines, the most is ${most}: split by concept`];
  });

/** The list of long files holds no file that has become short. */
export const longFilesAreLong: Rule = (files) =>
  Object.keys(LONG_FILES).flatMap((path) => {
    const file = files.find((one) => one.path === path);
    if (file === undefined) return [`${path}: no longer exists, strike it off the list`];
    const isLong = file.text.trimEnd().split('\n').length > MOST_LINES;
    return isLong ? [] : [`${path}: is short now, strike it off the list`];
  });

/** Lines fit beside a diff. Links, which cannot be broken, may be longer. */
export const linesAreShort: Rule = (files) =>
  files.flatMap((file) =>
    file.text.split('\n').flatMap((line, at) => {
      if ([...line].length <= MOST_COLUMNS || /https?:\/\/\S+$/.test(line)) return [];
      return [`${file.path}:${at + 1}: ${[...line].length} columns, the most is ${MOST_COLUMNS}`];
    }),
  );

/** A declaration, a function as a value, or a method, at any indentation. */
const FUNCTION_START = new RegExp(
  [
    '^( *)(?:export )?(?:(?:async )?function\\b',
    'const \\w+(?:: [^=]+)? = (?:async )?(?:<[^>]+>)?\\(',
    '(?:async |static |get |set |#)*\\w+(?:<[^>]+>)?\\(.*\\{$)',
  ].join('|'),
);
const STATEMENT = /^ *(?:if|for|while|switch|return|catch|describe|it|test)\b/;

const FACTORY = 'its body is the closures it returns, each of which is measured by itself';
/** Files with a function that may be longer, each with its reason. */
const LONG_FUNCTIONS: Record<string, string> = {
  'src/fulfillment/network-source.ts': FACTORY,
  'src/api/journal-tail.ts': FACTORY,
  'workers/worker.ts': FACTORY,
};

/** Functions fit on a screen. */
export const functionsAreShort: Rule = (files) =>
  files
    .filter((file) => isProduct(file) && LONG_FUNCTIONS[file.path] === undefined)
    .flatMap(longFunctionsOf);

function isProduct(file: SourceFile): boolean {
  const outside = ['test', 'bench', 'examples'].includes(moduleOf(file.path));
  return !outside && !file.path.startsWith('db/migrations/');
}

function longFunctionsOf(file: SourceFile): string[] {
  const lines = file.code.split('\n').map((line) => line.trimEnd());
  return lines.flatMap((line, at) => {
    const start = FUNCTION_START.exec(line);
    if (start === null || STATEMENT.test(line)) return [];
    const length = endOfFunction(lines, at, start[1]!.length) - at;
    if (length <= MOST_FUNCTION_LINES) return [];
    const place = `${file.path}:${at + 1}`;
    return [`${place}: a function of ${length} lines, the most is ${MOST_FUNCTION_LINES}`];
  });
}

/** Formatted code ends a function where its indentation ends; `): T {` only ends its parameters. */
function endOfFunction(lines: readonly string[], start: number, indent: number): number {
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at]!;
    if (line === '' || line.search(/\S/) > indent || /^ *[)>].*[{(]$/.test(line)) continue;
    return /^ *[)}\]]/.test(line) ? at + 1 : at;
  }
  return lines.length;
}

const BANNED = /(?:^|[-_.]|(?<=[a-z]))(?:utils?|helpers?|common|managers?)(?=$|[-_.A-Z])/i;

/** A name says what a thing is; these say that nobody knew. */
export const namesMeanSomething: Rule = (files) =>
  files.flatMap((file) => {
    const exported = [...file.code.matchAll(EXPORT)].map((match) => match[2]!);
    const names = [...file.path.replace(/\.ts$/, '').split('/'), ...exported];
    return names
      .filter((name) => BANNED.test(name))
      .map((name) => `${file.path}: the name ${name} says nothing: name what it does`);
  });

/** Work that is left is an issue, not a comment. */
export const nothingIsLeftToDo: Rule = (files) =>
  files
    .filter((file) => !file.path.startsWith('test/architecture'))
    .flatMap((file) =>
      file.text
        .split('\n')
        .flatMap((line, at) =>
          /\b(?:TODO|FIXME|XXX)\b/.test(line) ? [`${file.path}:${at + 1}: do it, or file it`] : [],
        ),
    );

const EXPORT =
  /^export (?:declare |abstract |default |async )*(function\*?|const|class|interface|type) (\w+)/gm;
/** Rows and shapes that their fields explain; what acts must say what it does. */
const SPEAKS_FOR_ITSELF = new Set(['interface', 'type']);

/**
 * Every exported function, value and class says what it is. The sentence that opens a file speaks
 * for its only export; the first signature speaks for the overloads that follow it.
 */
export const exportsAreExplained: Rule = (files) =>
  files.filter(isProduct).flatMap((file) => {
    const found = [...file.text.matchAll(EXPORT)];
    if (found.length === 1) return [];
    return found
      .filter((match) => !SPEAKS_FOR_ITSELF.has(match[1]!))
      .filter((match, at) => found.findIndex((other) => other[2] === match[2]) === at)
      .filter((match) => !/\*\/\s*$/.test(file.text.slice(0, match.index)))
      .map((match) => `${file.path}: ${match[1]} ${match[2]} has no docstring`);
  });

/** A method's first line, or all lines of its signature; a call ends otherwise. */
const METHOD =
  /^ {2}(?:static |async |get )*\*?([a-z]\w*)\((?:[^\n]*\)[^\n=]* \{|\n(?: {4}[^\n]*\n)+ {2}\)[^\n=]* \{)$/gm;
const WORDS = new Set(['constructor', 'if', 'for', 'while', 'switch', 'return', 'super']);
const CLASS = /^(export )?(?:abstract )?class (\w+)/gm;
/** The value of a constant that is a function. */
const ARROW = /^export const \w+(?:: .+?)? = (?:async )?(?:<[^>]+>)?(?:\(|\w+ =>)/;

/** What a file shows to others. */
interface Shown {
  readonly name: string;
  /** True if there is something to call. */
  readonly runs: boolean;
  /** '' without one. */
  readonly docstring: string;
}

/** The exports of a file and the methods of its exported classes; of overloads the first. */
function shownBy({ text }: SourceFile): Shown[] {
  const exported = [...text.matchAll(EXPORT)].map(({ index, 1: kind, 2: name }) => ({
    index,
    name: name!,
    runs: kind!.startsWith('function') || ARROW.test(text.slice(index)),
  }));
  const classes = [...text.matchAll(CLASS)];
  const methods = [...text.matchAll(METHOD)].flatMap(({ index, 1: name }) => {
    const owner = classes.findLast((one) => one.index < index);
    if (WORDS.has(name!) || owner?.[1] === undefined) return [];
    return [{ index, name: `${owner[2]}.${name}`, runs: true }];
  });
  const shown = [...exported, ...methods];
  return shown
    .filter(({ name }, at) => shown.findIndex((other) => other.name === name) === at)
    .map(({ index, ...one }) => ({ ...one, docstring: docstringBefore(text, index) }));
}

function docstringBefore(text: string, index: number): string {
  const before = text.slice(0, index).trimEnd();
  return before.endsWith('*/') ? before.slice(before.lastIndexOf('/**')) : '';
}

const isRouting = ({ path }: SourceFile): boolean => path.startsWith('routing/');

/**
 * `routing` is read by people who use it alone: every export of it says what it is, shapes and only
 * exports too, and so does every method of an exported class.
 */
export const routingIsExplained: Rule = (files) =>
  files.filter(isRouting).flatMap((file) =>
    shownBy(file)
      .filter(({ docstring }) => docstring === '')
      .map(({ name }) => `${file.path}: ${name} has no docstring`),
  );

/** They call it for thousands of orders, too: whatever they can call says how its work grows. */
export const routingTellsItsCost: Rule = (files) =>
  files.filter(isRouting).flatMap((file) =>
    shownBy(file)
      .filter(({ runs, docstring }) => runs && !/\bO\(/.test(docstring))
      .map(({ name }) => `${file.path}: ${name} says nothing of its cost: O(…), at least O(1)`),
  );

/** Every file opens by saying what it is for. */
export const filesOpenWithTheirPurpose: Rule = (files) =>
  files
    .filter((file) => !/\.test\.ts$/.test(file.path) && !/^(?:#!.*\n)?\/\*\*/.test(file.text))
    .map((file) => `${file.path}: opens without a sentence on what it is for`);
