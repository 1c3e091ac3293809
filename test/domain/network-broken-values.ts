/** Ways to break the calendars, places and prices of a network. */
import type { BrokenCase } from './network-broken.ts';

/** Time and places. */
export const CALENDAR_CASES: BrokenCase[] = [
  [
    'an unknown time zone',
    (n) => (n.warehouses[1].time_zone = 'Europe/Atlantis'),
    '/warehouses/1/time_zone',
    /IANA/,
  ],
  [
    'an offset as time zone',
    (n) => (n.zones[0].time_zone = '+01:00'),
    '/zones/0/time_zone',
    /IANA/,
  ],
  ['a hub out of time', (n) => (n.hubs[0].time_zone = 'Moon'), '/hubs/0/time_zone', /IANA/],
  [
    'hours that end early',
    (n) => (n.warehouses[0].hours.mon = [['09:00', '09:00']]),
    '/warehouses/0/hours/mon/0',
    /end after the start/,
  ],
  [
    'hours that overlap',
    (n) =>
      (n.warehouses[0].hours.tue = [
        ['08:00', '12:00'],
        ['11:00', '13:00'],
      ]),
    '/warehouses/0/hours/tue/1',
    /12:00 or later/,
  ],
  [
    'door hours that overlap',
    (n) =>
      (n.zones[3].delivery_hours.sun = [
        ['08:00', '12:00'],
        ['07:00', '07:30'],
      ]),
    '/zones/3/delivery_hours/sun/1',
    /ascend/,
  ],
  [
    'a time that is none',
    (n) => (n.warehouses[0].cut_offs.mon = '25:00'),
    '/warehouses/0/cut_offs/mon',
    /got "25:00"/,
  ],
  [
    'pickups out of order',
    (n) => (n.services[0].pickups.wed = ['18:00', '12:00']),
    '/services/0/pickups/wed/1',
    /after 18:00/,
  ],
  [
    'a pickup after the day',
    (n) => (n.services[0].pickups.wed = ['24:00']),
    '/services/0/pickups/wed/0',
    /00:00 of the day after/,
  ],
  [
    'departures out of order',
    (n) => (n.legs[0].departures.mon = ['06:00', '06:00']),
    '/legs/0/departures/mon/1',
    /after 06:00/,
  ],
  [
    'a day that is not',
    (n) => (n.warehouses[0].holidays = ['2026-02-29']),
    '/warehouses/0/holidays/0',
    /date that exists/,
  ],
  [
    'a pickup day that is not',
    (n) => (n.services[0].pickup_holidays = ['2026-13-01']),
    '/services/0/pickup_holidays/0',
    /date that exists/,
  ],
  [
    'a zone day that is not',
    (n) => (n.zones[0].holidays = ['2026-04-31']),
    '/zones/0/holidays/0',
    /date that exists/,
  ],
  ['a zone without area', (n) => delete n.zones[0].postal_prefixes, '/zones/0', /got no area/],
  [
    'a prefix of nothing',
    (n) => (n.zones[0].postal_prefixes = ['--']),
    '/zones/0/postal_prefixes/0',
    /letters, digits/,
  ],
  [
    'a prefix twice',
    (n) => (n.zones[0].postal_prefixes = ['1A', '1 a']),
    '/zones/0/postal_prefixes/1',
    /again/,
  ],
  [
    'an open ring',
    (n) =>
      (n.zones[0].polygon = [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ],
      ]),
    '/zones/0/polygon/0/3',
    /end at its start/,
  ],
  [
    'a flat ring',
    (n) =>
      (n.zones[0].polygon = [
        [
          [0, 0],
          [1, 1],
          [2, 2],
          [0, 0],
        ],
      ]),
    '/zones/0/polygon/0',
    /without area/,
  ],
  [
    'a ring around the back',
    (n) =>
      (n.zones[0].polygon = [
        [
          [-179, 0],
          [179, 0],
          [179, 1],
          [-179, 0],
        ],
      ]),
    '/zones/0/polygon/0',
    /antimeridian/,
  ],
  [
    'a place off the map',
    (n) => (n.warehouses[0].position = [4, 91]),
    '/warehouses/0/position/1',
    /got 91/,
  ],
];

/** Prices, transit times, policy. */
export const PRICE_CASES: BrokenCase[] = [
  [
    'breaks that fall',
    (n) => (n.rate_cards[0].weight_breaks_grams = [2000, 2000, 30000]),
    '/rate_cards/0/weight_breaks_grams/1',
    /more than 2000/,
  ],
  [
    'a band without a rate',
    (n) => n.rate_cards[1].rates.all.pop(),
    '/rate_cards/1/rates/all',
    /got 1 rates.*: 2/,
  ],
  [
    'a card without areas',
    (n) => {
      n.rate_cards.push({ ...n.rate_cards[0], id: 'y', rates: {} });
    },
    '/rate_cards/3/rates',
    /no rate area/,
  ],
  [
    'an area with a long name',
    (n) => (n.rate_cards[0].rates['a'.repeat(65)] = n.rate_cards[0].rates.all),
    `/rate_cards/0/rates/${'a'.repeat(65)}`,
    /65 characters/,
  ],
  [
    'an area with a bad name',
    (n) => (n.rate_cards[0].rates['a b'] = []),
    '/rate_cards/0/rates/a b',
    /not a known field/,
  ],
  [
    'a negative rate',
    (n) => (n.rate_cards[0].rates.all[0].base = -1),
    '/rate_cards/0/rates/all/0/base',
    /got -1/,
  ],
  [
    'probabilities that fall',
    (n) => (n.transit_times[0].quantiles[1][0] = 0),
    '/transit_times/0/quantiles/1/0',
    /more than 0/,
  ],
  [
    'seconds that fall',
    (n) => (n.transit_times[0].quantiles[1][1] = 5),
    '/transit_times/0/quantiles/1/1',
    /57600 or more/,
  ],
  [
    'a promise beyond the data',
    (n) => n.transit_times[0].quantiles.splice(2),
    '/transit_times/0/quantiles/1/0',
    /policy's 0.9/,
  ],
  [
    'a confidence of one',
    (n) => (n.policy.confidence = 1),
    '/policy/confidence',
    /above 0 and below 1/,
  ],
  [
    'a kind of goods that no SKU is of',
    (n) => (n.policy.apart = [['hazardous', 'foood']]),
    '/policy/apart/0/1',
    /goods_class of a SKU/,
  ],
  [
    'goods kept apart from themselves',
    (n) => (n.policy.apart = [['frozen', 'frozen']]),
    '/policy/apart/0/1',
    /two different kinds/,
  ],
  [
    'a certainty demanded',
    (n) => (n.policy.on_time_confidence = 1),
    '/policy/on_time_confidence',
    /above 0 and below 1/,
  ],
  [
    'an answer in the past',
    (n) => (n.policy.answer_seconds = -1),
    '/policy/answer_seconds',
    /at least 0 and at most 604800/,
  ],
];
