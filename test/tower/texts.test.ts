/** The page's catalogues: complete in every language, for every word of the interface. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../src/domain/events.ts';
import { EXCEPTIONS, RESOLUTIONS } from '../../src/domain/exceptions.ts';
import { MILESTONES } from '../../src/domain/milestones.ts';
import { ORDER_TRANSITIONS } from '../../src/domain/order.ts';
import { SHIPMENT_RANK } from '../../src/domain/shipment.ts';
import { en } from '../../src/tower/browser/texts/en.ts';
import { ko } from '../../src/tower/browser/texts/ko.ts';
import { QUEUE_NAMES } from '../../workers/queues.ts';

const BROWSER = join(import.meta.dirname, '..', '..', 'src', 'tower', 'browser');
const LANGUAGES: Record<string, Readonly<Record<string, string>>> = { en, ko };

const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

/** Words that the page looks up as they come over the wire. */
const WORDS: readonly (readonly [kind: string, words: readonly string[]])[] = [
  ['event', Object.keys(EVENTS).filter((type) => /^(order|shipment|milestone)\./.test(type))],
  ['milestone', MILESTONES],
  ['milestone_state', ['open', 'at_risk', 'met', 'breached']],
  ['order_state', Object.keys(ORDER_TRANSITIONS)],
  ['state', Object.keys(SHIPMENT_RANK)],
  ['exception', Object.keys(EXCEPTIONS)],
  ['resolve', RESOLUTIONS],
  ['resolved', RESOLUTIONS],
  ['queue', QUEUE_NAMES],
  ['method', ['exact', 'search', 'greedy']],
  ['term', ['freight', 'handling', 'split', 'lateness', 'time']],
  [
    'lost',
    [
      ...['dearer', 'no_stock', 'no_lane', 'not_eligible'],
      ...['no_capacity', 'excluded', 'lot_life'],
      ...['split_limit', 'ship_complete', 'keep_together', 'apart', 'on_time_confidence'],
    ],
  ],
  [
    'reason',
    [
      ...['no_stock', 'no_zone', 'no_service', 'no_capacity'],
      ...['split_limit', 'keep_together', 'late', 'unknown_sku', 'contended'],
    ],
  ],
];

describe('the catalogues of the page', () => {
  it.each(Object.keys(LANGUAGES))('say everything in %s, with the same names filled in', (name) => {
    const catalogue = LANGUAGES[name]!;
    expect(Object.keys(catalogue)).toEqual(Object.keys(en));
    for (const [key, text] of Object.entries(en)) {
      expect(catalogue[key]?.trim(), key).not.toBe('');
      expect(namesIn(catalogue[key]!), key).toEqual(namesIn(text));
    }
  });

  it('are two languages, not one twice', () => {
    // Names, units and signs are the same everywhere; sentences are not.
    const same = Object.entries(en).filter(([key, text]) => ko[key as keyof typeof ko] === text);
    expect(same.filter(([, text]) => text.includes(' '))).toEqual(
      [['time.microseconds', '{count} µs']].slice(1),
    );
  });

  it.each(WORDS)('have a text for every %s', (kind, words) => {
    expect(words.filter((word) => !(`${kind}.${word}` in en))).toEqual([]);
  });

  it('hold no text that the page never says', () => {
    const source = readdirSync(BROWSER, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('texts/'))
      .map((file) => readFileSync(join(BROWSER, file), 'utf8'))
      .join('\n');
    const families = new Set([
      ...[...source.matchAll(/\bt\(\s*`([\w-]+)\.\$\{/g)].map((match) => match[1]!),
      ...[...source.matchAll(/\bword\('([\w-]+)'/g)].map((match) => match[1]!),
      ...[...source.matchAll(/\bcounted\('([\w-]+)'/g)].map((match) => match[1]!),
    ]);
    const unused = Object.keys(en).filter(
      (key) => !source.includes(`'${key}'`) && !families.has(key.split('.', 1)[0]!),
    );
    expect(unused).toEqual([]);
  });
});
