/** The library refuses documents that mean nothing, by the field, and passes all that mean something. */
import { describe, expect, it } from 'vitest';
import { generateNetwork } from '../../bench/generate-network.ts';
import {
  compileNetwork,
  disruptNetwork,
  type Horizon,
  type NetworkInput,
  recompileCalendars,
  WAIT_SHARES,
  withPolicy,
  zonesOf,
} from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { aNetwork } from '../builders/network.ts';
import { numbersIn, thrownBy, withField } from './broken.ts';
import { quietly } from './quiet-world.ts';
import { overHubs } from './routes/hub-world.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld, MONDAY } from './small-world.ts';

const SEED = seedOf(29);
const NOON = { from_seconds: MONDAY };
const SHAPE = { warehouses: 3, services: 3, skus: 3, lines: 1, scarce: true };
const HUBS = { hubs: 3, legs: 5, fixed: false, disruptions: 3 };

/** A world with every table in use. */
function everything(seed: number): NetworkInput {
  const random = seededRandom(seed);
  const network = quietly(aWorld(seed, SHAPE).network, random);
  const waits = [
    { warehouse_id: null, hours: [7, 8], wait_seconds: WAIT_SHARES.map((_, i) => i * 60) },
  ];
  return { ...overHubs(network, random, HUBS, 0.5), waits };
}

const sound = everything(29);
const week = (value: unknown) => ({ mon: value });
const square = (end: unknown) => [[0, 50], [1, 50], [1, 51], end];
const via = (mile: object) => ({
  first_mile: [{ hub_id: 'H0', transit_time_id: 'M0' }],
  last_mile: [{ hub_id: 'H1', transit_time_id: 'M0', ...mile }],
});

/** Field, what it is set to, what is told of it, and which field is named where it is another. */
const BROKEN: readonly (readonly [field: string, got: unknown, told: string, at?: string])[] = [
  ['policy', undefined, 'got undefined, expected the weights and rules of deciding'],
  ['policy.confidence', 1, 'got 1, expected a probability above 0 and below 1'],
  ['policy.confidence', '0.9', 'got "0.9", expected a probability above 0 and below 1'],
  ['policy.split_limit', 0, 'got 0, expected a whole number of parcels, at least 1'],
  ['policy.split_limit', 1.5, 'got 1.5, expected a whole number of parcels, at least 1'],
  ['policy.split_penalty', undefined, 'got undefined, expected minor units of money, at least 0'],
  ['policy.time_per_day', Infinity, 'got Infinity, expected minor units of money, at least 0'],
  ['policy.on_time_confidence', 95, 'got 95, expected a probability, from 0 to 1'],
  [
    'policy.apart',
    [['food']],
    'got a list of 1, expected a pair of kinds of goods',
    'policy.apart[0]',
  ],
  ['policy.apart', [['a', 'a']], 'got "a", expected another kind', 'policy.apart[0][1]'],
  [
    'policy.apart',
    Array.from({ length: 16 }, (_, i) => [`a${i}`, `b${i}`]),
    'got 32, expected 30 kinds of goods at most',
  ],
  ['skus', undefined, 'got undefined, expected a list of rows'],
  ['skus', {}, 'got an object, expected a list of rows'],
  ['skus[1]', null, 'got null, expected a row'],
  ['skus[1].id', 7, 'got 7, expected a text, not empty'],
  ['skus[2].id', 'S0', 'got "S0", expected an id of its own'],
  ['skus[0].weight_grams', '350', 'got "350", expected grams, at least 0'],
  ['skus[0].height_mm', -1, 'got -1, expected millimetres, at least 0'],
  ['skus[0].temperature', 'cold', 'got "cold", expected ambient, chilled or frozen'],
  ['skus[0].hazardous', 'no', 'got "no", expected true or false'],
  ['warehouses[2].id', 'W1', 'got "W1", expected an id of its own'],
  ['warehouses[0].position', [50, 110], 'got "50, 110", expected [lon, lat] in degrees'],
  ['warehouses[0].time_zone', 'Berlin', 'got "Berlin", expected an IANA time zone'],
  ['warehouses[0].time_zone', undefined, 'got undefined, expected an IANA time zone'],
  ['warehouses[0].hours', undefined, 'got undefined, expected a table by weekday'],
  ['warehouses[0].hours', { monday: [] }, 'got "monday", expected days named mon'],
  ['warehouses[0].hours', week('08:00'), 'got "08:00", expected a list', 'warehouses[0].hours.mon'],
  [
    'warehouses[0].hours',
    week(['08:00', '17:00']),
    'got "08:00", expected a pair of times',
    'warehouses[0].hours.mon[0]',
  ],
  [
    'warehouses[0].hours',
    week([['8:00', '17:00']]),
    'got "8:00", expected a time from 00:00 to 24:00',
    'warehouses[0].hours.mon[0][0]',
  ],
  [
    'warehouses[0].hours',
    week([['22:00', '06:00']]),
    'got "06:00", expected an end after 22:00, 24:00 at most',
    'warehouses[0].hours.mon[0][1]',
  ],
  [
    'warehouses[0].cut_offs',
    week('16:60'),
    'got "16:60", expected a time',
    'warehouses[0].cut_offs.mon',
  ],
  [
    'warehouses[0].holidays',
    ['2026-02-30'],
    'got "2026-02-30", expected a date that exists, YYYY-MM-DD',
    'warehouses[0].holidays[0]',
  ],
  ['warehouses[0].processing_seconds', NaN, 'got NaN, expected seconds, at least 0'],
  ['warehouses[0].picks_per_hour', -1, 'got -1, expected units, at least 0'],
  ['warehouses[0].temperatures', 'ambient', 'got "ambient", expected a list of rows'],
  [
    'warehouses[0].temperatures',
    ['ambient', 'warm'],
    'got "warm", expected ambient',
    'warehouses[0].temperatures[1]',
  ],
  ['zones[1].time_zone', 'Europe/Nowhere', 'got "Europe/Nowhere", expected an IANA time zone'],
  ['zones[1].postal_prefixes', [1], 'got 1, expected the', 'zones[1].postal_prefixes[0]'],
  ['zones[1].polygon', [[[0, 50]]], 'got a list of 1, expected at least 4', 'zones[1].polygon[0]'],
  [
    'zones[1].polygon',
    [square([0, 51])],
    'got "0,51", expected the first position, 0,50',
    'zones[1].polygon[0][3]',
  ],
  [
    'zones[1].circle',
    { center: [0, 50] },
    'got undefined, expected metres, at least 0',
    'zones[1].circle.radius_metres',
  ],
  ['zones[1].delivery_hours', week([[]]), 'got undefined', 'zones[1].delivery_hours.mon[0][0]'],
  ['rate_cards[1].id', 'R0', 'got "R0", expected an id of its own'],
  ['rate_cards[0].weight_breaks_grams[1]', 1000, 'got 1000, expected grams, more than 1000'],
  ['rate_cards[0].weight_breaks_grams[3]', Infinity, 'got Infinity, expected grams'],
  ['rate_cards[0].rates.near', [], 'got a list of 0, expected 4 rates, one for each weight break'],
  ['rate_cards[0].rates.near[2]', 420, 'got 420, expected a rate, or null where nothing is sold'],
  [
    'rate_cards[0].rates.near[2]',
    { per_kg: 1 },
    'got undefined, expected minor units of money, at least 0',
    'rate_cards[0].rates.near[2].base',
  ],
  ['rate_cards[0].fuel_percent', -5, 'got -5, expected percent, at least 0'],
  ['transit_times[0].quantiles', [], 'got a list of 0, expected at least 1 point'],
  ['transit_times[0].quantiles', [0.5], 'got 0.5', 'transit_times[0].quantiles[0]'],
  [
    'transit_times[0].quantiles',
    [
      [0.5, 60],
      [0.4, 90],
    ],
    'got 0.4, expected a probability from 0.5 to 1',
    'transit_times[0].quantiles[1][0]',
  ],
  [
    'transit_times[0].quantiles',
    [
      [0.5, 60],
      [0.9, 50],
    ],
    'got 50, expected seconds, at least 60',
    'transit_times[0].quantiles[1][1]',
  ],
  [
    'transit_times[0].learned',
    { transit_seconds: [1], stretch: [] },
    'got a list of 1, expected one for each of',
    'transit_times[0].learned.transit_seconds',
  ],
  ['services[2].id', 'C0', 'got "C0", expected an id of its own'],
  ['services[0].carrier_id', undefined, 'got undefined, expected a text, not empty'],
  ['services[0].rate_card_id', 'R9', 'got "R9", expected the id of a row of rate_cards'],
  ['services[0].pickups', week('17:00'), 'got "17:00"', 'services[0].pickups.mon'],
  ['services[0].pickups', week(['5pm']), 'got "5pm"', 'services[0].pickups.mon[0]'],
  ['services[0].pickup_holidays', 'easter', 'got "easter", expected a list of dates'],
  ['services[0].lanes', undefined, 'got undefined, expected a list of rows'],
  ['services[0].max_weight_grams', NaN, 'got NaN, expected grams, at least 0'],
  [
    'services[1].lanes[0]',
    { rate_area: 'near' },
    'got undefined, expected the id of a row of transit_times',
    'services[1].lanes[0].transit_time_id',
  ],
  [
    'services[1].lanes[0]',
    { rate_area: 'near', transit_time_id: 'T9' },
    'got "T9", expected the id of a row of transit_times',
    'services[1].lanes[0].transit_time_id',
  ],
  [
    'services[1].lanes[0].warehouses',
    ['W0', 'W9'],
    'got "W9", expected the id of a row of warehouses',
    'services[1].lanes[0].warehouses[1]',
  ],
  [
    'services[1].lanes[0].zones',
    ['Z9'],
    'got "Z9", expected the id of a row of zones',
    'services[1].lanes[0].zones[0]',
  ],
  [
    'services[1].lanes[0].via',
    via({ hub_id: 'H9' }),
    'got "H9", expected the id of a row of hubs',
    'services[1].lanes[0].via.last_mile[0].hub_id',
  ],
  [
    'services[1].lanes[0].via',
    via({ learned_time_id: 'learned 9' }),
    'got "learned 9", expected the id of a row of transit_times',
    'services[1].lanes[0].via.last_mile[0].learned_time_id',
  ],
  ['hubs[1].id', 'H0', 'got "H0", expected an id of its own'],
  ['hubs[1].time_zone', 'H', 'got "H", expected an IANA time zone such as Asia/Seoul'],
  ['legs[0].to_hub_id', 'H9', 'got "H9", expected the id of a row of hubs'],
  ['legs[0].transit_time_id', 'M9', 'got "M9", expected the id of a row of transit_times'],
  ['legs[0].departures', week(['25:00']), 'got "25:00"', 'legs[0].departures.mon[0]'],
  ['legs[0].duration_seconds', undefined, 'got undefined, expected seconds, at least 0'],
  [
    'disruptions[0].kind',
    'storm',
    'got "storm", expected hub_closed, leg_cancelled or leg_delayed',
  ],
  ['disruptions[0].from_seconds', MONDAY * 1000, 'got 1774254600000, expected epoch seconds, not'],
  ['waits[0].hours', [168], 'got 168, expected a whole number from 0 to 167', 'waits[0].hours[0]'],
  ['waits[0].wait_seconds', [60], 'got a list of 1, expected 16 waits, one for each share'],
  [
    'waits[0].wait_seconds[1]',
    9e9,
    'got 120, expected seconds, at least 9000000000',
    'waits[0].wait_seconds[2]',
  ],
  [
    'quiet_hours[0].runs',
    [[0, 0.5]],
    'got 0.5, expected a whole number',
    'quiet_hours[0].runs[0][1]',
  ],
];

const HORIZONS: readonly (readonly [horizon: unknown, told: string])[] = [
  [undefined, 'horizon: got undefined, expected from when on'],
  [{}, 'from_seconds: got undefined, expected epoch seconds'],
  [{ from_seconds: MONDAY * 1000 }, 'from_seconds: got 1774254600000, expected epoch seconds, not'],
  [{ from_seconds: MONDAY, horizon_days: 0 }, 'horizon_days: got 0, expected a whole number'],
  [{ from_seconds: MONDAY, horizon_days: 1.5 }, 'horizon_days: got 1.5, expected a whole number'],
];

describe('a network document', () => {
  const rows = BROKEN.map(([field, got, told, at = field]) => ({
    field,
    got,
    told: `${at}: ${told}`,
  }));

  it.each(rows)('with another $field is refused: $told', ({ field, got, told }) => {
    const error = thrownBy(() => compileNetwork(withField(sound, field, got), NOON));
    expect(error).toBeInstanceOf(RangeError);
    expect((error as RangeError).message.slice(0, told.length)).toBe(told);
  });

  it('that is none is refused', () => {
    expect(() => compileNetwork(undefined as never, NOON)).toThrow('network: got undefined');
  });

  it(`is refused whichever of its numbers is none (seed ${SEED})`, () => {
    for (let seed = SEED; seed < SEED + runs(2); seed++) {
      const network = everything(seed);
      for (const path of numbersIn(network)) {
        const error = thrownBy(() => compileNetwork(withField(network, path, Number.NaN), NOON));
        expect(error, path).toBeInstanceOf(RangeError);
        const [told] = (error as RangeError).message.split(':');
        expect(path.startsWith(told!), `${path} is told as ${told}`).toBe(true);
      }
    }
  });

  it(`that means something is compiled as it is (seed ${SEED})`, () => {
    const size = { warehouses: 12, services: 40, zones: 20, skus: 30, carriers: 8 };
    const networks = [aNetwork(), generateNetwork({ seed: SEED, ...size })];
    for (let seed = SEED; seed < SEED + runs(12); seed++) networks.push(everything(seed) as never);
    for (const network of networks) {
      const before = structuredClone(network);
      expect(compileNetwork(network, NOON).input).toBe(network);
      expect(network).toEqual(before);
    }
  });

  it('may hold what is of no use, and limits that are none', () => {
    const fields: [string, unknown][] = [
      ['services[0].lanes[0].rate_area', 'nowhere'],
      ['warehouses[0].picks_per_hour', Infinity],
      [
        'warehouses[0].hours',
        {
          mon: [
            ['10:00', '12:00'],
            ['08:00', '11:00'],
          ],
          tue: undefined,
        },
      ],
      ['rate_cards[0].cm3_per_kg', 0],
      ['policy.split_limit', Infinity],
      ['policy.apart', [['salt', 'pepper']]],
      ['disruptions[0].until_seconds', Infinity],
      ['waits[0].warehouse_id', 'gone'],
    ];
    for (const [field, value] of fields) {
      expect(() => compileNetwork(withField(sound, field, value), NOON), field).not.toThrow();
    }
  });
});

describe('a compiled network', () => {
  const compiled = compileNetwork(sound, NOON);

  it.each(HORIZONS)('begins at no %j: %s', (horizon, told) => {
    expect(() => compileNetwork(sound, horizon as Horizon)).toThrow(told);
    expect(() => recompileCalendars(compiled, horizon as Horizon)).toThrow(told);
  });

  it('takes over no policies and disruptions that mean nothing', () => {
    const policy = { ...sound.policy, time_per_day: Number.NaN };
    expect(() => withPolicy(compiled, policy)).toThrow('policy.time_per_day: got NaN');
    const window = { from_seconds: MONDAY, until_seconds: MONDAY + 3600 };
    const late = { ...window, kind: 'leg_delayed', leg_id: 'L0' };
    expect(() => disruptNetwork(compiled, [late as never])).toThrow(
      'disruptions[0].delay_seconds: got undefined, expected seconds, at least 0',
    );
  });

  it('is asked for zones of destinations only', () => {
    expect(() => zonesOf(compiled, undefined as never)).toThrow('destination: got undefined');
  });
});
