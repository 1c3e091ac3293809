/** Every rule of the network refuses a network that breaks it, by the place that is wrong. */
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/domain/errors.ts';
import { gtinCheckDigit, isGtin } from '../../src/domain/gtin.ts';
import { Network } from '../../src/domain/network.ts';
import { canonicalNetwork } from '../../src/domain/network-canonical.ts';
import { MAX_FAULTS } from '../../src/domain/network-faults.ts';
import { validateNetwork } from '../../src/domain/network-rules.ts';
import { aSku } from '../builders/network.ts';
import { type Broken, IDENTITY_CASES, sound } from './network-broken.ts';
import { CALENDAR_CASES, PRICE_CASES } from './network-broken-values.ts';

const faultsOf = (document: unknown): Fault[] => {
  const checked = validateNetwork(document);
  return 'faults' in checked ? checked.faults : [];
};

describe('a network', () => {
  test('that keeps every rule is returned as it is', () => {
    const network = sound();

    expect(validateNetwork(network)).toEqual({ network });
  });

  test.each([...IDENTITY_CASES, ...CALENDAR_CASES, ...PRICE_CASES])(
    'with %s is refused at its place',
    (_name, breakIt, pointer, words) => {
      const network = sound();
      breakIt(network);

      const faults = faultsOf(network);

      expect(faults[0]?.pointer).toBe(pointer);
      expect(faults[0]?.detail).toMatch(words);
    },
  );

  test('that is no object at all is refused', () => {
    for (const value of [undefined, null, 7, 'network', [], [{}]]) {
      expect(faultsOf(value)[0]?.detail).toMatch(/expected an object/);
    }
  });

  test('with faults in several tables is told all of them at once, good rows unharmed', () => {
    const network = sound();
    network.skus[0].weight_grams = 'heavy';
    network.warehouses[1].time_zone = 'Nowhere';
    network.services[1].lanes[0].rate_area = 'x';

    expect(faultsOf(network).map((fault) => fault.pointer)).toEqual([
      '/skus/0/weight_grams',
      '/services/1/lanes/0/rate_area',
      '/warehouses/1/time_zone',
    ]);
  });

  test('with a broken row still knows its id: references to it are no faults', () => {
    const network = sound();
    network.carriers[0] = { id: 'swift', name: 7 };

    expect(faultsOf(network).map((fault) => fault.pointer)).toEqual(['/carriers/0/name']);
  });

  test('with more faults than anyone reads gets the first ones and a count', () => {
    const skus = Array.from({ length: 1000 }, (_, i) => aSku({ id: `s${i}`, seller_id: 'nobody' }));

    const faults = faultsOf({ ...sound(), skus });

    expect(faults).toHaveLength(MAX_FAULTS + 1);
    expect(faults.at(-1)).toEqual({ pointer: '', detail: 'and at least 900 more faults' });
  });

  test('is explained exactly when the compiled schema refuses it', () => {
    const schema = Compile(Network);
    const junk = fc.constantFrom<unknown>(null, -1, 1.5, '', 'x', true, [], {}, [[]], NaN);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), junk, (where, deeper, value) => {
        const network = sound();
        const tables = Object.keys(network);
        const table = tables[where % tables.length]!;
        const row = Array.isArray(network[table]) ? network[table][0] : network;
        const fields = Object.keys(row);
        const field = fields[deeper % fields.length]!;
        row[field] = value;

        const fits = schema.Check(network);
        const { length } = faultsOf(network);

        // A network that fits its schema may still break a rule; one that does not never passes.
        if (!fits) expect(length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the canonical text', () => {
  test('does not depend on the order of fields, and does on that of rows', () => {
    const network = sound();
    const shuffled = Object.fromEntries(
      Object.entries(network)
        .reverse()
        .map(([key, value]) => [key, value]),
    ) as Broken;
    shuffled.policy = Object.fromEntries(Object.entries(network.policy).reverse());
    const other = { ...network, skus: network.skus.toReversed() };

    expect(canonicalNetwork(shuffled)).toBe(canonicalNetwork(network));
    expect(canonicalNetwork(other)).not.toBe(canonicalNetwork(network));
    expect(JSON.parse(canonicalNetwork(network))).toEqual(network);
  });
});

describe('a GTIN', () => {
  test('of each length checks', () => {
    for (const gtin of ['96385074', '036000291452', '4006381333931', '10614141000415']) {
      expect(isGtin(gtin)).toBe(true);
    }
  });

  test('is refused with a wrong length, a letter or a blank', () => {
    for (const text of ['', '123', '400638133393', '4006381333931 ', '400638133393X']) {
      expect(isGtin(text)).toBe(false);
    }
  });

  test('with one digit changed never checks', () => {
    const digits = fc.stringMatching(/^[0-9]{12}$/);
    fc.assert(
      fc.property(digits, fc.nat(12), fc.integer({ min: 1, max: 9 }), (text, at, by) => {
        const gtin = `${text}${gtinCheckDigit(text)}`;
        const changed = (Number(gtin[at]) + by) % 10;

        expect(isGtin(gtin)).toBe(true);
        expect(isGtin(gtin.slice(0, at) + changed + gtin.slice(at + 1))).toBe(false);
      }),
    );
  });
});
