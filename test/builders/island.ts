/**
 * A network with something to keep: `harbour` and `inland` both serve the near zone (500 and 600 of
 * freight), but only `harbour` serves the island at a sensible price (500 against 4,000).
 */
import type { Network } from '../../src/domain/network.ts';
import { aNetwork, aService, aWarehouse } from './network.ts';

export const NEAR = { postal_code: '1011AB', country: 'NL' };
export const ISLAND = { postal_code: '2011AB', country: 'NL' };

/** `parcels_per_day` that leave `harbour`, if they are limited, and the price of a day. */
export function anIsland(
  limits: { parcels_per_day?: number; time_per_day?: number } = {},
): Network {
  const zone = { country: 'NL', time_zone: 'Europe/Amsterdam' };
  const base = aNetwork();
  const { parcels_per_day, time_per_day = base.policy.time_per_day } = limits;
  const limit = parcels_per_day === undefined ? {} : { parcels_per_day };
  const lane = (warehouse: string, to: string, rate_area: string) => {
    return { warehouses: [warehouse], zones: [to], rate_area, transit_time_id: 'days_2' };
  };
  return aNetwork({
    policy: { ...base.policy, time_per_day },
    warehouses: [aWarehouse({ id: 'harbour', ...limit }), aWarehouse({ id: 'inland' })],
    zones: [
      { id: 'near', ...zone, postal_prefixes: ['1'] },
      { id: 'island', ...zone, postal_prefixes: ['2'] },
    ],
    carriers: [{ id: 'swift' }],
    rate_cards: [
      {
        ...base.rate_cards[0]!,
        id: 'standard',
        weight_breaks_grams: [30_000],
        rates: { low: [{ base: 500 }], middle: [{ base: 600 }], high: [{ base: 4000 }] },
      },
    ],
    services: [
      aService({
        id: 'swift-standard',
        lanes: [
          lane('harbour', 'near', 'low'),
          lane('inland', 'near', 'middle'),
          lane('harbour', 'island', 'low'),
          lane('inland', 'island', 'high'),
        ],
      }),
    ],
  });
}
