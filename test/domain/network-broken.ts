/** Ways to break a network: one or more for every rule, with the fault that each must bring. */
import { aNetwork } from '../builders/network.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests break documents in ways that no type allows.
export type Broken = any;

const BAND = {
  period: 'week',
  minimum_percent: 10,
  maximum_percent: 30,
  penalty_per_parcel: 200,
};

/** The builder network with everything that a rule may look at, as plain data. */
export const sound = (): Broken =>
  structuredClone({
    ...aNetwork(),
    hubs: [
      { id: 'hub-a', position: [5, 52], time_zone: 'Europe/Amsterdam' },
      { id: 'hub-b', position: [6, 51], time_zone: 'Europe/Berlin' },
    ],
    legs: [
      {
        id: 'a-b',
        carrier_id: 'swift',
        from_hub_id: 'hub-a',
        to_hub_id: 'hub-b',
        departures: { mon: ['06:00', '18:00'] },
        duration_seconds: 7200,
      },
      {
        id: 'customs',
        carrier_id: 'swift',
        from_hub_id: 'hub-b',
        to_hub_id: 'hub-a',
        duration_seconds: 3600,
        transit_time_id: 'days_2',
      },
    ],
    carriers: aNetwork().carriers.map((carrier, i) =>
      i === 0 ? { ...carrier, share_bands: [{ zones: ['nl'], ...BAND }] } : carrier,
    ),
    guarantees: [
      {
        id: 'g',
        platform_ids: ['shop'],
        service_ids: ['swift-express'],
        zone_ids: ['nl'],
        confidence: 0.9,
        remedy_amount: 500,
      },
    ],
  });

const aVia = (): Broken => ({
  first_mile: [{ hub_id: 'hub-a', transit_time_id: 'days_2' }],
  last_mile: [{ hub_id: 'hub-b', transit_time_id: 'days_2', carrier_id: 'swift' }],
});

/** Sends the first lane over hubs, with something broken there. */
function viaLane(network: Broken, broken: (via: Broken) => void): void {
  const [lane] = network.services[0].lanes;
  delete lane.transit_time_id;
  lane.via = aVia();
  broken(lane.via);
}

/** One way to break the sound network, and the first fault expected: where, and in which words. */
export type BrokenCase = [string, (network: Broken) => void, string, RegExp];

/** Form and references. */
export const IDENTITY_CASES: BrokenCase[] = [
  ['a missing table', (n) => delete n.zones, '/zones', /is missing, expected an array/],
  ['a table that is no array', (n) => (n.legs = {}), '/legs', /got an object, expected an array/],
  ['an unknown field', (n) => (n.skus[1].colour = 'red'), '/skus/1/colour', /not a known field/],
  [
    'a wrong type',
    (n) => (n.skus[0].weight_grams = '1'),
    '/skus/0/weight_grams',
    /got "1", expected a n/,
  ],
  [
    'a number that is none',
    (n) => (n.skus[0].weight_grams = NaN),
    '/skus/0/weight_grams',
    /got NaN/,
  ],
  [
    'a number without end',
    (n) => (n.skus[0].weight_grams = Infinity),
    '/skus/0/weight_grams',
    /Infinity/,
  ],
  ['a bad code', (n) => (n.carriers[2].id = 'no blanks'), '/carriers/2/id', /got "no blanks"/],
  ['another format', (n) => (n.format = 'v0'), '/format', /expected "portolan-network\/1"/],
  [
    'a currency that is none',
    (n) => (n.currency = 'EUX'),
    '/currency',
    /got "EUX", expected an ISO 4217/,
  ],
  ['an id used twice', (n) => (n.skus[3].id = 'mug'), '/skus/3/id', /got "mug" again.*\/skus\/0/],
  ['an unknown seller', (n) => (n.skus[2].seller_id = 'x'), '/skus/2/seller_id', /in sellers/],
  ['a wrong check digit', (n) => (n.skus[0].gtin = '4006381333932'), '/skus/0/gtin', /check digit/],
  [
    'a band of nowhere',
    (n) => (n.carriers[0].share_bands[0].zones = ['nl', 'moon']),
    '/carriers/0/share_bands/0/zones/1',
    /got "moon", expected the id of a row in zones/,
  ],
  [
    'a band without a bound',
    (n) => (n.carriers[0].share_bands[0] = { period: 'day', penalty_per_parcel: 1 }),
    '/carriers/0/share_bands/0',
    /got no bound, expected minimum_percent/,
  ],
  [
    'a band upside down',
    (n) => (n.carriers[0].share_bands[0].minimum_percent = 31),
    '/carriers/0/share_bands/0/maximum_percent',
    /got 30, expected minimum_percent \(31\) or more/,
  ],
  [
    'a band of no period',
    (n) => (n.carriers[0].share_bands[0].period = 'year'),
    '/carriers/0/share_bands/0/period',
    /year/,
  ],
  [
    'an unknown carrier',
    (n) => (n.services[0].carrier_id = 'x'),
    '/services/0/carrier_id',
    /in carriers/,
  ],
  [
    'an unknown card',
    (n) => (n.services[0].rate_card_id = 'x'),
    '/services/0/rate_card_id',
    /in rate_cards/,
  ],
  [
    'a lane from nowhere',
    (n) => (n.services[2].lanes[0].warehouses = ['x']),
    '/services/2/lanes/0/warehouses/0',
    /in warehouses/,
  ],
  [
    'a lane to nowhere',
    (n) => n.services[2].lanes[0].zones.push('x'),
    '/services/2/lanes/0/zones/1',
    /in zones/,
  ],
  [
    'a lane without a time',
    (n) => (n.services[0].lanes[0].transit_time_id = 'x'),
    '/services/0/lanes/0/transit_time_id',
    /in transit/,
  ],
  [
    'a lane without a rate',
    (n) => (n.services[0].lanes[0].rate_area = 'x'),
    '/services/0/lanes/0/rate_area',
    /of \/rate_cards standard \(all\)/,
  ],
  [
    'a rate area that objects have',
    (n) => (n.services[0].lanes[0].rate_area = 'constructor'),
    '/services/0/lanes/0/rate_area',
    /got "constructor"/,
  ],
  [
    'a lane that takes no time',
    (n) => delete n.services[0].lanes[0].transit_time_id,
    '/services/0/lanes/0',
    /got neither of transit_time_id and via/,
  ],
  [
    'a lane with two times',
    (n) => (n.services[0].lanes[0].via = aVia()),
    '/services/0/lanes/0',
    /got both of transit_time_id and via/,
  ],
  [
    'a first mile to nowhere',
    (n) => viaLane(n, (via) => (via.first_mile[0].hub_id = 'x')),
    '/services/0/lanes/0/via/first_mile/0/hub_id',
    /in hubs/,
  ],
  [
    'a last mile of nobody',
    (n) => viaLane(n, (via) => (via.last_mile[0].carrier_id = 'x')),
    '/services/0/lanes/0/via/last_mile/0/carrier_id',
    /in carriers/,
  ],
  [
    'a last mile without a time',
    (n) => viaLane(n, (via) => (via.last_mile[0].transit_time_id = 'x')),
    '/services/0/lanes/0/via/last_mile/0/transit_time_id',
    /in transit_times/,
  ],
  [
    'legs of unknown carriers',
    (n) => viaLane(n, (via) => (via.carriers = ['x'])),
    '/services/0/lanes/0/via/carriers/0',
    /in carriers/,
  ],
  [
    'a way over hubs without a last mile',
    (n) => viaLane(n, (via) => delete via.last_mile),
    '/services/0/lanes/0/via/last_mile',
    /is missing/,
  ],
  [
    'a leg without its time',
    (n) => (n.legs[1].transit_time_id = 'x'),
    '/legs/1/transit_time_id',
    /in transit_times/,
  ],
  ['a leg of nobody', (n) => (n.legs[0].carrier_id = 'x'), '/legs/0/carrier_id', /in carriers/],
  ['a leg from nowhere', (n) => (n.legs[0].from_hub_id = 'x'), '/legs/0/from_hub_id', /in hubs/],
  ['a leg in a circle', (n) => (n.legs[0].to_hub_id = 'hub-a'), '/legs/0/to_hub_id', /another hub/],
  [
    'a guarantee to nobody',
    (n) => (n.guarantees[0].platform_ids = ['x']),
    '/guarantees/0/platform_ids/0',
    /in platforms/,
  ],
  [
    'a guarantee on nothing',
    (n) => (n.guarantees[0].service_ids = ['x']),
    '/guarantees/0/service_ids/0',
    /in services/,
  ],
  [
    'a guarantee for nowhere',
    (n) => (n.guarantees[0].zone_ids = ['x']),
    '/guarantees/0/zone_ids/0',
    /in zones/,
  ],
];
