import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, instantText } from '../../src/domain/instants.ts';

describe('instantText', () => {
  it('prints any whole second of the years 0 to 9999 as Temporal does', () => {
    const first = Temporal.Instant.from('0000-01-01T00:00:00Z').epochMilliseconds / 1000;
    const last = Temporal.Instant.from('9999-12-31T23:59:59Z').epochMilliseconds / 1000;
    fc.assert(
      fc.property(fc.integer({ min: first, max: last }), (seconds) => {
        expect(instantText(seconds)).toBe(instantOf(seconds).toString());
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '1970-01-01T00:00:00Z',
    '2000-02-29T23:59:59Z',
    '2026-12-31T23:59:59Z',
    '2100-03-01T00:00:00Z',
  ])('prints %s', (text) => {
    expect(instantText(Temporal.Instant.from(text).epochMilliseconds / 1000)).toBe(text);
  });
});
