/** Turns the page's TypeScript into what a browser runs, by Node's own type stripping. */
import { stripTypeScriptTypes } from 'node:module';

/**
 * `source` with its types blanked out: lines and columns stay, so an error names its place in the
 * source. Node announces on stderr that the function is experimental; whoever starts Portolan can do
 * nothing about it, so that one announcement is held back.
 */
export function stripTypes(source: string): string {
  const announce = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = announce;
  }
}
