/** Lists that lanes name are written once and come back as they were. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Network } from '../../src/domain/network.ts';
import { withLists, withoutLists } from '../../src/domain/network-lists.ts';
import { aNetwork } from '../builders/network.ts';

const IDS = ['a', 'b', 'c', 'd'];
const lists = fc.option(fc.array(fc.constantFrom(...IDS), { minLength: 1, maxLength: 6 }), {
  nil: undefined,
});

const networkOf = (lanes: readonly (readonly (string[] | undefined)[])[]): Network => {
  const network = aNetwork();
  const rows = <T extends { id: string }>([first]: readonly T[]) =>
    IDS.map((id) => ({ ...first!, id }));
  const lane = { rate_area: 'near', transit_time_id: 'standard' };
  const services = lanes.map((row, i) => ({
    ...network.services[0]!,
    id: `service-${i}`,
    lanes: row.map((zones, k) => ({
      ...lane,
      ...(k % 2 === 0 ? {} : { warehouses: [...(zones ?? IDS)].reverse() }),
      ...(zones === undefined ? {} : { zones }),
    })),
  }));
  return { ...network, warehouses: rows(network.warehouses), zones: rows(network.zones), services };
};

test('a network is the same after its lists were written once', () => {
  fc.assert(
    fc.property(fc.array(fc.array(lists, { minLength: 1, maxLength: 4 })), (lanes) => {
      const network = networkOf(lanes);
      const text = JSON.stringify(network);

      const back = withoutLists(JSON.parse(JSON.stringify(withLists(network))));

      expect(JSON.stringify(back)).toBe(text);
      expect(JSON.stringify(network)).toBe(text);
    }),
    { seed: 20261126, verbose: 1 },
  );
});

test('equal lists are one, different ones are not', () => {
  const listed = withLists(networkOf([[['a', 'b']], [['b', 'a']], [['a', 'b']], [undefined]]));

  expect(listed.zone_lists).toEqual([
    [0, 1],
    [1, 0],
  ]);
  const back = withoutLists(structuredClone(listed));
  const [first, second, third, last] = back.services.map(({ lanes }) => lanes[0]!.zones);
  expect(third).toBe(first);
  expect(second).not.toBe(first);
  expect(last).toBeUndefined();
});
