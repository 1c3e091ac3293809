/** A network whose cheap service goes over two hubs, by truck or by a dearer train, and a direct one. */
import type { Network } from '../../src/domain/network.ts';
import { aNetwork, aService, everyDay } from '../builders/network.ts';

const HOUR = 3600;
const leg = (id: string, carrier_id: string, departs: string, cost: number) => ({
  ...{ id, carrier_id, from_hub_id: 'harbour', to_hub_id: 'city', cost, carbon_grams: 100 },
  departures: everyDay([departs]),
  duration_seconds: 2 * HOUR,
});

/** Parcels collected at 12:00 take the truck at 20:00 and are at the door by 02:00 of the next day. */
export function overHubs(changes: Partial<Network> = {}): Network {
  const network = aNetwork();
  const hub = { time_zone: 'Europe/Amsterdam', transfer_seconds: 1800 };
  return {
    ...network,
    services: [
      aService({
        id: 'night-line',
        pickups: everyDay(['12:00']),
        lanes: [
          {
            rate_area: 'all',
            via: {
              first_mile: [{ hub_id: 'harbour', transit_time_id: 'van' }],
              last_mile: [{ hub_id: 'city', transit_time_id: 'door', carrier_id: 'polder' }],
            },
          },
        ],
      }),
      aService({
        id: 'direct',
        carrier_id: 'polder',
        rate_card_id: 'dear',
        pickups: everyDay(['12:00']),
        lanes: [{ rate_area: 'all', transit_time_id: 'ten-hours' }],
      }),
    ],
    rate_cards: [
      ...network.rate_cards,
      { id: 'dear', weight_breaks_grams: [30_000], rates: { all: [{ base: 9000 }] } },
    ],
    transit_times: [
      ...network.transit_times,
      {
        id: 'van',
        quantiles: [
          [0.5, HOUR],
          [0.99, 3 * HOUR],
        ],
      },
      {
        id: 'door',
        quantiles: [
          [0.5, 2 * HOUR],
          [0.9, 3.5 * HOUR],
          [0.99, 5 * HOUR],
        ],
      },
      {
        id: 'ten-hours',
        quantiles: [
          [0.5, 8 * HOUR],
          [0.99, 10 * HOUR],
        ],
      },
    ],
    hubs: [
      { id: 'harbour', position: [4.3, 51.9], ...hub },
      { id: 'city', position: [4.9, 52.4], ...hub },
    ],
    legs: [leg('truck', 'swift', '20:00', 0), leg('train', 'tulip', '19:30', 200)],
    carriers: [...network.carriers, { id: 'tulip' }],
    ...changes,
  };
}
