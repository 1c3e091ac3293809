/** The page's words: one catalogue per language, chosen by the viewer or their browser. */
import { taste } from './session.ts';
import { en } from './texts/en.ts';
import { ko } from './texts/ko.ts';

export type TextKey = keyof typeof en;

const CATALOGUES = { en, ko } as const;
type Language = keyof typeof CATALOGUES;

const preferred: Language = navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';

/** The language the page speaks. */
export const languageTaste = taste<Language>('language', ['en', 'ko'], preferred);

/** The language as its BCP 47 tag. */
export function language(): Language {
  return languageTaste.get();
}

/** A text in the viewer's language, with `{names}` filled in. */
export function t(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  const text: string = CATALOGUES[language()][key];
  return text.replaceAll(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? ''));
}

/** A text for a word of the interface, such as a state; the word itself where there is none. */
export function word(
  kind: string,
  of: string,
  values: Readonly<Record<string, string>> = {},
): string {
  const key = `${kind}.${of}`;
  return key in en ? t(key as TextKey, values) : of.replaceAll('_', ' ');
}

/** A number of things, in the form that the language has for it: "1 parcel", "2 parcels". */
export function counted(things: 'units' | 'parcels' | 'services', count: number, shown?: string) {
  const form = new Intl.PluralRules(language()).select(count) === 'one' ? 'one' : 'other';
  return t(`${things}.${form}`, { count: shown ?? count });
}
