/** The figures and their history. Pure. */
import type { Static } from 'typebox';
import type { TowerFigures } from '../resources/tower-answer.ts';
import { percentile, shareOf } from './decision-times.ts';
import type { Bucket, Counts } from './history.ts';
import { oncePerLook } from './once-per-look.ts';
import { queueAge } from './take-events.ts';
import { countsOf } from './tell-map.ts';
import type { TowerState } from './tower-state.ts';

type Figures = Static<typeof TowerFigures>;

/** The rate of orders is told over this many whole buckets. */
const RATE_BUCKETS = 3;

/** The figures as of the last look. */
export const tellFigures = oncePerLook((state: TowerState, _also: undefined): Figures => {
  const buckets = state.history.until(state.as_of.epochMilliseconds / 1000);
  return {
    as_of: state.as_of,
    clock_rate: state.clock_rate,
    now: { ...levelsOf(state), ...ratesOf(state, buckets), ...timesOf(state) },
    history: historyOf(state, buckets),
  };
});

function levelsOf({ board, as_of }: TowerState) {
  const waiting = { accepted: 0, backordered: 0, unfillable: 0 };
  for (const { state } of board.waiting.values()) waiting[state] += 1;
  const carriers = [...board.carriers].filter(([, tally]) => tally.open > 0);
  return {
    open_orders: board.openOrders(),
    open_parcels: board.all.open,
    waiting: waiting.accepted,
    backordered: waiting.backordered,
    unfillable: waiting.unfillable,
    at_risk: board.all.at_risk,
    breached: board.all.breached,
    queue_age_seconds: queueAge(board, as_of),
    carriers: carriers
      .map(([carrier_id, tally]) => ({ carrier_id, ...countsOf(tally) }))
      .sort((a, b) => b.open - a.open),
  };
}

function ratesOf({ history }: TowerState, buckets: readonly Bucket[]) {
  const sum = (name: keyof Counts, over = buckets) =>
    over.reduce((total, bucket) => total + bucket[name], 0);
  const whole = buckets.slice(-RATE_BUCKETS - 1, -1);
  return {
    orders_per_second: sum('accepted', whole) / (RATE_BUCKETS * history.bucket_seconds),
    on_time_share: ratio(sum('on_time'), sum('delivered')),
    stock_outs: sum('stock_outs'),
    split_share: ratio(sum('split'), sum('decided')),
    cost_per_order: ratio(sum('cost'), sum('decided')),
  };
}

function timesOf({ decisions }: TowerState) {
  const elapsed = decisions.rows.map((row) => row.elapsed_us);
  return {
    decision_p50_us: percentile(elapsed, 0.5),
    decision_p99_us: percentile(elapsed, 0.99),
    budget_share_p99: percentile(decisions.rows.map(shareOf), 0.99),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function historyOf({ history }: TowerState, buckets: readonly Bucket[]): Figures['history'] {
  const { bucket_seconds } = history;
  const each = (value: (bucket: Bucket) => number | null) => buckets.map(value);
  return {
    bucket_seconds,
    start_seconds: buckets.map(({ start_seconds }) => start_seconds),
    orders_per_second: each(({ accepted }) => accepted / bucket_seconds),
    open_orders: each(({ levels }) => levels.open),
    on_time_share: each(({ on_time, delivered }) => ratio(on_time, delivered)),
    at_risk: each(({ levels }) => levels.at_risk),
    breached: each(({ levels }) => levels.breached),
    stock_outs: each(({ stock_outs }) => stock_outs),
    split_share: each(({ split, decided }) => ratio(split, decided)),
    cost_per_order: each(({ cost, decided }) => ratio(cost, decided)),
    decision_us: each(({ elapsed_us, timed }) => ratio(elapsed_us, timed)),
    budget_share: each(({ timed, budget_share_max }) => (timed === 0 ? null : budget_share_max)),
    queue_age_seconds: each(({ levels }) => levels.queue_age_seconds),
  };
}
