import { describe, expect, it } from 'vitest';
import { keptInterval } from '../../src/domain/promise-report.ts';

describe('the interval of a kept share', () => {
  it.each([
    // Worked by hand from Wilson's formula; the first two are the textbook's rule of three turned.
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [95, 100, 0.8882, 0.9785],
    [950, 1000, 0.9346, 0.9619],
  ])('of %d in %d is %d to %d', (kept, due, low, high) => {
    const [from, to] = keptInterval(kept, due)!;

    expect(from).toBeCloseTo(low, 3);
    expect(to).toBeCloseTo(high, 3);
  });

  it('is none without parcels', () => {
    expect(keptInterval(0, 0)).toBeNull();
  });
});
