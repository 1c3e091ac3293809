/** The kinds of setting that `config.ts` is made of: each reads one text or says what it expected. */

/** One setting: where it is read from, how, and what to print in `.env.example`. */
export interface Setting<T> {
  readonly variable: string;
  readonly doc: string;
  /** One sentence without full stop: what values fit. */
  readonly expected: string;
  /** What `.env.example` shows: the default, or an example where there is none. */
  readonly example: string;
  /** True when a wrong value must not be printed: it may hold a password. */
  readonly secret: boolean;
  /** The value for the text given, the default for none; throws what was expected. */
  read(given: string | undefined): T;
}

/** Any text that is not empty. */
export function text(variable: string, fallback: string, doc: string): Setting<string> {
  return setting({ variable, doc, expected: 'Any text', example: fallback }, (given) => {
    return given ?? fallback;
  });
}

/** Any text, or nothing. */
export function optionalText(
  variable: string,
  { doc, example }: { doc: string; example: string },
): Setting<string | undefined> {
  return setting({ variable, doc, expected: 'Any text', example }, (given) => given);
}

/** `true` or `false`. */
export function bool(variable: string, fallback: boolean, doc: string): Setting<boolean> {
  const expected = 'true or false';
  return setting({ variable, doc, expected, example: String(fallback) }, (given) => {
    if (given === undefined) return fallback;
    if (given !== 'true' && given !== 'false') throw new Error(`expected ${expected}`);
    return given === 'true';
  });
}

/** A whole number within limits (default: 1 and up). */
export function count(
  variable: string,
  fallback: number,
  { min = 1, max = 2 ** 31 - 1, doc }: { min?: number; max?: number; doc: string },
): Setting<number> {
  const expected = `a whole number from ${min} to ${max}`;
  return setting({ variable, doc, expected, example: String(fallback) }, (given) => {
    if (given === undefined) return fallback;
    const value = Number(given);
    if (!/^\d+$/.test(given) || value < min || value > max) throw new Error(`expected ${expected}`);
    return value;
  });
}

/** One of a list of words. */
export function level<const W extends readonly string[]>(
  variable: string,
  words: W,
  fallback: W[number],
  { doc }: { doc: string },
): Setting<W[number]> {
  const expected = `one of ${words.join(', ')}`;
  return setting({ variable, doc, expected, example: fallback }, (given) => {
    if (given === undefined) return fallback;
    if (!words.includes(given)) throw new Error(`expected ${expected}`);
    return given as W[number];
  });
}

/** A URL with one of `protocols`, or nothing. Never printed: it may hold a password. */
export function optionalUrl(
  variable: string,
  protocols: readonly string[],
  { doc, example }: { doc: string; example: string },
): Setting<string | undefined> {
  const expected = `a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`;
  return setting({ variable, doc, expected, example, secret: true }, (given) => {
    if (given === undefined) return undefined;
    if (!protocols.includes(URL.parse(given)?.protocol ?? '')) {
      throw new Error(`expected ${expected}`);
    }
    return given;
  });
}

/** An instant as RFC 3339 text with its zone, or nothing. */
export function optionalInstant(
  variable: string,
  { doc, example }: { doc: string; example: string },
): Setting<Temporal.Instant | undefined> {
  const expected = `an RFC 3339 instant such as ${example}`;
  return setting({ variable, doc, expected, example }, (given) => {
    if (given === undefined) return undefined;
    try {
      return Temporal.Instant.from(given);
    } catch {
      throw new Error(`expected ${expected}`);
    }
  });
}

function setting<T>(
  about: Omit<Setting<T>, 'read' | 'secret'> & { secret?: boolean },
  read: Setting<T>['read'],
): Setting<T> {
  const expected = about.expected.charAt(0).toUpperCase() + about.expected.slice(1);
  return { secret: false, ...about, expected, read };
}
