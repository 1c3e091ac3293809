/** The decision library in a program of its own: one order, two warehouses, two services. */
import { checkPlan, compileNetwork, openBoard, source, take } from 'portolan/routing';

/** The same on all days of the week. */
const daily = (value) =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, value]));
const size = { length_mm: 120, width_mm: 90, height_mm: 100 };
const warehouse = {
  time_zone: 'Europe/Berlin',
  hours: daily([['08:00', '18:00']]),
  processing_seconds: 3600,
  handling_per_parcel: 80,
};

/** A network as `docs/network.md` describes it; these tables are all that the library needs. */
const network = {
  skus: [
    { id: 'mug', weight_grams: 350, ...size },
    { id: 'lamp', weight_grams: 2200, ...size },
  ],
  warehouses: [
    { id: 'berlin', position: [13.4, 52.5], ...warehouse },
    { id: 'munich', position: [11.6, 48.1], ...warehouse },
  ],
  zones: [
    {
      id: 'germany',
      country: 'DE',
      time_zone: 'Europe/Berlin',
      delivery_hours: daily([['08:00', '20:00']]),
    },
  ],
  rate_cards: [
    {
      id: 'parcels',
      weight_breaks_grams: [2000, 31_500],
      rates: { standard: [{ base: 420 }, { base: 690 }], express: [{ base: 990 }, { base: 1490 }] },
    },
  ],
  transit_times: [
    {
      id: 'days',
      quantiles: [
        [0.05, 86_400],
        [0.5, 129_600],
        [0.95, 216_000],
        [1, 432_000],
      ],
    },
    {
      id: 'night',
      quantiles: [
        [0.5, 57_600],
        [0.99, 79_200],
      ],
    },
  ],
  services: [
    {
      id: 'standard',
      carrier_id: 'post',
      rate_card_id: 'parcels',
      pickups: daily(['17:00']),
      lanes: [{ rate_area: 'standard', transit_time_id: 'days' }],
    },
    {
      id: 'express',
      carrier_id: 'post',
      rate_card_id: 'parcels',
      pickups: daily(['17:00', '21:00']),
      lanes: [{ rate_area: 'express', transit_time_id: 'night' }],
    },
  ],
  policy: {
    confidence: 0.95,
    split_limit: 3,
    split_penalty: 150,
    lateness_per_day: 400,
    time_per_day: 50,
  },
};

/** Free units, lot by lot; nothing of any capacity is used yet. */
const stock = [
  { stock_id: 1, warehouse_id: 'berlin', sku_id: 'mug', available: 1 },
  { stock_id: 2, warehouse_id: 'munich', sku_id: 'mug', available: 40 },
  { stock_id: 3, warehouse_id: 'munich', sku_id: 'lamp', available: 3 },
];
const capacity = [];
const now = Date.parse('2026-03-18T09:00:00Z') / 1000;
const order = {
  at_seconds: now,
  destination: { country: 'DE', postal_code: '10115' },
  deliver_by_seconds: now + 2 * 86_400,
  lines: [
    { line_no: 1, sku_id: 'mug', quantity: 2 },
    { line_no: 2, sku_id: 'lamp', quantity: 1 },
  ],
};

const compiled = compileNetwork(network, { from_seconds: now });
const board = openBoard(compiled, stock, capacity);
const plan = source(compiled, board, order, { work: 2_000_000 });

if (plan.outcome === 'sourced') {
  const violations = checkPlan({ network, stock, capacity, order, plan });
  take(board, plan); // the next order sees what this one took
  console.log(JSON.stringify({ violations, ...plan }, null, 2));
} else console.log(`not sourced: ${plan.reason}`, plan.line_nos);
