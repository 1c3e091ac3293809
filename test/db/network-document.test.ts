/** Documents are stored in lines and come back as they were, whatever their size. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { generateNetwork } from '../../bench/generate-network.ts';
import {
  packNetwork,
  unpackedBytes,
  unpackInSteps,
  unpackNetwork,
} from '../../db/network-document.ts';
import { canonicalNetwork } from '../../src/domain/network-canonical.ts';
import { aNetwork } from '../builders/network.ts';

const large = generateNetwork({
  seed: 11,
  warehouses: 50,
  services: 800,
  zones: 200,
  skus: 5_000,
  carriers: 40,
});

describe.each([
  { what: 'a small network', network: aNetwork(), pieces: 8 },
  { what: 'a network with an umlaut', network: aNetwork({ name: 'Köln 物流' }), pieces: 8 },
  { what: 'a network of many pieces', network: large, pieces: 10 },
])('$what', ({ network, pieces }) => {
  test('comes back in canonical order, under the digest of its canonical text', async () => {
    const text = canonicalNetwork(network);

    const { document, digest } = await packNetwork(network);

    expect(JSON.stringify(await unpackNetwork(document))).toBe(text);
    expect(digest).toBe(createHash('sha256').update(text).digest('hex'));
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(network)));
  });

  test('is read in steps', async () => {
    const { document } = await packNetwork(network);
    const steps = await unpackInSteps(document);

    const done = [...steps];

    expect(done.length).toBeGreaterThanOrEqual(pieces);
  });
});

test('a document that was stored as one text is read as well', async () => {
  const text = canonicalNetwork(aNetwork());
  const packed = gzipSync(text);

  expect(JSON.stringify(await unpackNetwork(packed))).toBe(text);
  expect(unpackedBytes(packed)).toBe(text.length);
});

test('what is damaged is refused', async () => {
  const { document } = await packNetwork(aNetwork());
  const cut = document.subarray(0, document.length - 9);

  await expect(unpackNetwork(cut)).rejects.toThrow(/unexpected end of file/);
});
