/** The catalogue of errors and its page say the same. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REFUSALS } from '../../src/domain/errors.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

test('docs/errors.md lists exactly the codes of the catalogue, in its order', () => {
  const listed = [...page.matchAll(/^### (\w+)$/gm)].map(([, code]) => code);
  expect(listed).toEqual(Object.keys(REFUSALS));
});

test('each code is listed with its status', () => {
  for (const [code, { status }] of Object.entries(REFUSALS)) {
    expect(page, code).toMatch(new RegExp(`^### ${code}\\n\\n${status}\\. [A-Z]`, 'm'));
  }
});
