/** The drawing of the report on promises: what it says, in which order, and what it never does. */
import { describe, expect, it } from 'vitest';
import type { PromiseGroup } from '../../db/promise-report.ts';
import { type PromisePlot, plotPromises } from '../../src/api/plots/promise-plot.ts';
import { shortened } from '../../src/api/plots/shortened.ts';

const group = (changes: Partial<PromiseGroup>): PromiseGroup => ({
  ...{ stated: 0.9, month: null, carrier_id: null, service_id: null },
  ...{ warehouse_id: null, zone_id: null, due: 0, kept: 0, open: 0, lost: 0 },
  promised_days: null,
  ...changes,
});

const drawn = (changes: Partial<PromisePlot>): string =>
  plotPromises({
    by: 'carrier',
    from: Temporal.Instant.from('2026-01-01T00:00:00Z'),
    until: Temporal.Instant.from('2026-04-01T00:00:00Z'),
    all: [],
    groups: [],
    ...changes,
  });

/** Words that are seen, in the order of the document. */
const wordsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
const described = (svg: string): string => /<desc>([^<]*)<\/desc>/.exec(svg)?.[1] ?? '';

/** The names of all elements; fails where they are not closed in turn. */
function elementsOf(svg: string): Set<string> {
  const open: string[] = [];
  const seen = new Set<string>();
  for (const [, isEnd, name, isWhole] of svg.matchAll(/<(\/?)([^\s/>]+)[^>]*?(\/?)>/g)) {
    seen.add(name!);
    if (isEnd === '/') expect(open.pop(), svg).toBe(name);
    else if (isWhole !== '/') open.push(name!);
  }
  expect(open).toEqual([]);
  return seen;
}

const FEW = {
  all: [group({ stated: 0.95, due: 40, kept: 39 }), group({ due: 100, kept: 93, open: 7 })],
  groups: [
    group({ carrier_id: 'polder', due: 30, kept: 20 }),
    group({ carrier_id: 'new', open: 7 }),
    group({ carrier_id: 'swift', due: 70, kept: 70 }),
    group({ carrier_id: 'swift', stated: 0.95, due: 40, kept: 39 }),
  ],
};

describe('the plot of promises', () => {
  it('tells all parcels by what was stated, then the groups with most due first', () => {
    const words = wordsOf(drawn(FEW));

    const told = words.filter((word) => / of \d|none due/.test(word));
    expect(told).toEqual([
      // Intervals as Wilson's formula gives them, worked out apart from the code.
      'stated 90 %: kept 93.0 % (86.3 to 96.6) of 100',
      'stated 95 %: kept 97.5 % (87.1 to 99.6) of 40',
      '100.0 % of 70 (stated 90 %)',
      '97.5 % of 40 (stated 95 %)',
      '66.7 % of 30 (stated 90 %)',
      'none due, 7 open (stated 90 %)',
    ]);
    expect(words.filter((word) => /^(polder|swift|new)$/.test(word))).toEqual([
      ...['swift', 'swift', 'polder', 'new'],
    ]);
    expect(words.join()).not.toContain('Left out');
  });

  it('places each point by what was stated and kept', () => {
    const svg = drawn({ all: [group({ due: 100, kept: 90 })], groups: [] });
    // The axes go from 80 (the interval begins at 82.6) to 100; the square is 320 wide from (70, 40).
    const [, x, y] = /<circle cx="([\d.]+)" cy="([\d.]+)"/.exec(svg)!;

    expect([Number(x), Number(y)]).toEqual([70 + 160, 40 + 160]);
    expect(svg).toContain('<path d="M70 360L390 40" stroke="#999"');
  });

  it('can be told to who does not see it', () => {
    const svg = drawn(FEW);

    expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*>\n<title>Promises: [^<]+<\/title>\n<desc>/);
    expect(described(svg)).toContain('All parcels, stated 90 %: kept 93.0 %');
    expect(described(svg)).toContain('polder: 66.7 % of 30 (stated 90 %)');
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
  });

  it('says that there is nothing yet, and why', () => {
    expect(wordsOf(drawn({})).at(-1)).toMatch(/^Nothing to show yet: no parcel/);
    const groups = [group({ carrier_id: 'swift', open: 1200, lost: 2 })];
    const open = drawn({ all: [group({ open: 1200, lost: 2 })], groups });

    expect(wordsOf(open).at(-1)).toContain('no promise has come due (1,200 open, 2 lost)');
    expect(open).not.toMatch(/NaN|Infinity|undefined|null|<circle/);
  });

  it('takes names for words, whatever they hold', () => {
    const names = [
      '<script>alert(1)</script>',
      '"><g onload="x">',
      '&lt;',
      ']]>',
      'a\u0000b\ud800',
    ];
    const groups = names.map((name) => group({ carrier_id: name, due: 9, kept: 8 }));
    const lanes = names.map((name) =>
      group({ carrier_id: 'c', service_id: name, warehouse_id: name, zone_id: name, due: 1 }),
    );
    const all = [group({ due: 50, kept: 40 })];
    for (const svg of [drawn({ all, groups }), drawn({ all, groups: lanes, by: 'lane' })]) {
      expect([...elementsOf(svg)].sort()).toEqual([
        ...['circle', 'desc', 'g', 'path', 'rect', 'style', 'svg', 'text', 'title'],
      ]);
      expect(svg.replaceAll(/>[^<]*</g, '><')).not.toMatch(/onload|alert/);
      expect(svg).toContain('&lt;script&gt;');
      expect(svg).toContain('&amp;lt;');
      expect(svg).toContain('a\ufffdb\ufffd');
      expect(svg.isWellFormed()).toBe(true);
      expect(svg).not.toContain('\u0000');
    }
  });

  it('cuts long names where they are seen, and tells them whole', () => {
    const place = { warehouse_id: 'national-changnyeong', zone_id: 'KR-108-dawn' };
    const lane = { carrier_id: 'dawn-10', service_id: 'dawn-10.by-breakfast', ...place };
    const groups = [group({ ...lane, due: 9, kept: 8 })];
    const svg = drawn({ all: [group({ due: 9, kept: 8 })], groups, by: 'lane' });
    const name = 'dawn-10 · dawn-10.by-breakfast · national-changnyeong → KR-108-dawn';

    const seen = wordsOf(svg).find((word) => word.includes('…'))!;
    expect(seen).toMatch(/^dawn-10 · dawn-10\.by-\w+…\w+ → KR-108-dawn$/);
    // Of 50 columns the arrow takes two.
    expect(seen).toHaveLength(49);
    expect(svg).toContain(`<title>${name}: 88.9 % of 9 (stated 90 %)</title>`);
    expect(described(svg)).toContain(`${name}: 88.9 % of 9`);
  });

  it('draws twenty groups and says what it leaves out', () => {
    const groups = Array.from({ length: 25 }, (_, i) =>
      group({ carrier_id: `carrier-${i}`, due: 100 + i, kept: 90 }),
    );
    // 500 more than the groups that were asked for: those the limit cut off.
    const due = groups.reduce((sum, one) => sum + one.due, 500);
    const svg = drawn({ all: [group({ due, kept: due - 300 })], groups });
    const words = wordsOf(svg);

    const names = words.filter((word) => /^carrier-\d+$/.test(word));
    expect(names).toEqual(Array.from({ length: 20 }, (_, i) => `carrier-${24 - i}`));
    expect(words.at(-2)).toBe(
      `Left out: 1,010 of ${due.toLocaleString('en')} parcels due, in other groups`,
    );
    expect(words.at(-1)).toBe('among them carrier-4, carrier-3, carrier-2 and 2 more');
    expect(described(svg)).toContain('Left out: 1,010');
  });

  it('lists as many stated probabilities as there is room for, and marks all', () => {
    const all = Array.from({ length: 30 }, (_, i) =>
      group({ stated: (70 + i) / 100, due: 10 + i, kept: 9 }),
    );
    const svg = drawn({ all });

    expect(svg.match(/<circle /g)).toHaveLength(30);
    expect(wordsOf(svg).filter((word) => word.startsWith('stated '))).toHaveLength(13);
    expect(wordsOf(svg)).toContain('and 17 more');
  });
});

describe('a name in little room', () => {
  it.each([
    ['rotterdam', 9, 'rotterdam'],
    ['rotterdam', 8, 'rott…dam'],
    ['한국우편', 8, '한국우편'],
    ['한국우편', 6, '한…편'],
    ['😀😀😀', 5, '😀…😀'],
    ['rotterdam', 1, '…'],
  ])('%s in %d columns is %s', (name, columns, expected) => {
    expect(shortened(name, columns)).toBe(expected);
  });
});
