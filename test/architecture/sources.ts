/** The source files of the house, as the rules see them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** One TypeScript file: its path from the root, its text, and its code without comments and text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly code: string;
}

/** A rule that a place in the house breaks; the message names the place and the better way. */
export type Rule = (files: readonly SourceFile[]) => string[];

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDERS = ['src', 'db', 'workers', 'routing', 'test', 'bench', 'examples'];

/** Reads every TypeScript file of the house. */
export function readSources(): SourceFile[] {
  return FOLDERS.flatMap((folder) => walk(join(ROOT, folder)))
    .sort()
    .map((path) => aFile(relative(ROOT, path), readFileSync(path, 'utf8')));
}

/** A file as the rules see it; also for planted examples. */
export function aFile(path: string, text: string): SourceFile {
  return { path, text, code: codeOnly(text) };
}

/** Reads a file of the repository as text. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return walk(join(folder, entry.name));
    return entry.name.endsWith('.ts') ? [join(folder, entry.name)] : [];
  });
}

/**
 * The text with comments and the insides of strings, templates and regular expressions blanked;
 * lines stay lines. Code inside `${…}` of a template stays visible.
 */
export function codeOnly(text: string): string {
  let code = '';
  const templates: number[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    const end = endOfBlank(text, at, code);
    if (end !== null) {
      const body = text.slice(at, end);
      if (body.startsWith('`') && body.endsWith('${')) {
        templates.push(depth);
        depth += 1;
      }
      code += blank(body);
      at = end;
      continue;
    }
    const character = text[at]!;
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (character === '}' && templates.at(-1) === depth) {
      const rest = endOfTemplate(text, at + 1);
      if (text.slice(rest - 2, rest) === '${') depth += 1;
      else templates.pop();
      code += blank(text.slice(at, rest));
      at = rest;
      continue;
    }
    code += character;
    at += 1;
  }
  return code;
}

/** Where the comment, string, template part or regular expression that starts at `at` ends. */
function endOfBlank(text: string, at: number, before: string): number | null {
  const two = text.slice(at, at + 2);
  if (two === '//') return orEnd(text.indexOf('\n', at), text);
  if (two === '/*') return orEnd(text.indexOf('*/', at + 2), text, 2);
  const character = text[at]!;
  if (character === "'" || character === '"') return endOfString(text, at + 1, character);
  if (character === '`') return endOfTemplate(text, at + 1);
  if (character === '/' && /(?:[(,=:[!&|?{};+]|\breturn|^)\s*$/.test(before.slice(-20))) {
    return endOfRegularExpression(text, at + 1);
  }
  return null;
}

function orEnd(found: number, text: string, length = 0): number {
  return found === -1 ? text.length : found + length;
}

function endOfString(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote || text[at] === '\n') return at + 1;
  }
  return text.length;
}

/** Ends after the closing backtick, or after the `${` of the next inserted expression. */
function endOfTemplate(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '`') return at + 1;
    else if (text[at] === '$' && text[at + 1] === '{') return at + 2;
  }
  return text.length;
}

function endOfRegularExpression(text: string, from: number): number {
  let inClass = false;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    else if (text[at] === '\n') return at;
    else if (text[at] === '/' && !inClass) return at + 1;
  }
  return text.length;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
