import { describe, expect, it } from 'vitest';
import { preferredType } from '../../src/api/preferred-type.ts';

const JSON_TYPE = 'application/json';
const SVG = 'image/svg+xml';

describe('the preferred type', () => {
  it.each([
    [undefined, JSON_TYPE],
    ['', JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/json', JSON_TYPE],
    ['image/svg+xml', SVG],
    ['Image/SVG+XML; charset=utf-8', SVG],
    ['image/*', SVG],
    ['image/svg+xml, */*;q=0.8', SVG],
    ['image/svg+xml;q=0.5, application/json', JSON_TYPE],
    ['image/svg+xml;q=0.5,application/*;q=0.4', SVG],
    // Liked as much: the first offer.
    ['image/svg+xml, application/json', JSON_TYPE],
    // The narrower range counts, wherever it stands.
    ['*/*, application/json;q=0.1', SVG],
    ['image/svg+xml;q=0, */*;q=0.1', JSON_TYPE],
    // None of them, and nonsense.
    ['text/csv', JSON_TYPE],
    ['image/svg+xml;q=much', JSON_TYPE],
    ['image/svg+xml;q=7, ;;,/', JSON_TYPE],
    // What a browser says that opens a page, and one that shows a picture.
    ['text/html,application/xhtml+xml,image/avif,*/*;q=0.8', JSON_TYPE],
    ['image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8', SVG],
  ])('of %s is %s', (accept, expected) => {
    expect(preferredType(accept, [JSON_TYPE, SVG])).toBe(expected);
  });
});
