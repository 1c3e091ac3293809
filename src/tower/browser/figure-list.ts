/** The figures: what each shows, how it is worded and which line of the history it has. */
import type { FiguresAnswer } from './feed.ts';
import { places } from './places.ts';
import { counted, type TextKey, t } from './texts.ts';
import { briefly, duration, microseconds, money, number, percent, short } from './times.ts';

export type Tone = 'calm' | 'warn' | 'bad';

/** One figure. */
export interface Figure {
  readonly id: string;
  readonly label: TextKey;
  value(answer: FiguresAnswer): string;
  /** The small line below the value. */
  note(answer: FiguresAnswer): string;
  tone(answer: FiguresAnswer): Tone;
  series(answer: FiguresAnswer): readonly (number | null)[];
  /** A value of the series in words; `top` is the largest beside it, which sets the unit. */
  format(value: number, top?: number): string;
}

const calm = (): Tone => 'calm';
const unknown = '–';
const orUnknown = (value: number | null, format: (value: number) => string) =>
  value === null ? unknown : format(value);
const amount = (minor: number) => {
  const currency = places.get()?.answer.currency;
  return currency === undefined ? unknown : money(minor, currency);
};

/** The unit in which a rate of orders is a number people can hold: per second, minute, hour or day. */
const UNITS: readonly (readonly [TextKey, number])[] = [
  ['rate.second', 1],
  ['rate.minute', 60],
  ['rate.hour', 3600],
  ['rate.day', 86_400],
];

function rate(perSecond: number, top = perSecond): string {
  const [key, seconds] = UNITS.find(([, s]) => top * s >= 1) ?? UNITS[top === 0 ? 2 : 3]!;
  const value = perSecond * seconds;
  return t(key, { value: number(value, value < 10 ? 1 : 0) });
}

/** Buckets that are shown at least, however young the history is. */
const LEAST_BUCKETS = 30;

/** The first bucket that is shown: nothing is told of the time before the first order. */
export function firstBucket({ history }: FiguresAnswer): number {
  const { orders_per_second: orders, open_orders: open } = history;
  const first = orders.findIndex((value, at) => (value ?? 0) > 0 || (open[at] ?? 0) > 0);
  const latest = Math.max(0, orders.length - LEAST_BUCKETS);
  return first === -1 ? latest : Math.max(0, Math.min(first - 1, latest));
}

/** How long the history that is shown reaches back, in words. */
export function span(answer: FiguresAnswer): string {
  const { bucket_seconds, start_seconds } = answer.history;
  return duration(bucket_seconds * (start_seconds.length - firstBucket(answer)));
}

const inSpan = (answer: FiguresAnswer) => t('figure.in_span', { span: span(answer) });

/** All figures in the order they are shown. */
export const FIGURES: readonly Figure[] = [
  {
    ...{ id: 'orders', label: 'figure.orders', tone: calm, format: rate },
    value: ({ now }) => rate(now.orders_per_second),
    note: ({ now }) => t('figure.waiting', { count: short(now.waiting) }),
    series: ({ history }) => history.orders_per_second,
  },
  {
    ...{ id: 'open', label: 'figure.open', tone: calm, format: short },
    value: ({ now }) => short(now.open_orders),
    note: ({ now }) => counted('parcels', now.open_parcels, short(now.open_parcels)),
    series: ({ history }) => history.open_orders,
  },
  {
    ...{ id: 'on_time', label: 'figure.on_time', format: (value: number) => percent(value) },
    tone: ({ now }) => (now.on_time_share !== null && now.on_time_share < 0.95 ? 'warn' : 'calm'),
    value: ({ now }) => orUnknown(now.on_time_share, (value) => percent(value)),
    note: inSpan,
    series: ({ history }) => history.on_time_share,
  },
  {
    ...{ id: 'at_risk', label: 'figure.at_risk', format: short },
    tone: ({ now }) => (now.at_risk > 0 ? 'warn' : 'calm'),
    value: ({ now }) => short(now.at_risk),
    note: () => t('figure.deadline_near'),
    series: ({ history }) => history.at_risk,
  },
  {
    ...{ id: 'breached', label: 'figure.breached', format: short },
    tone: ({ now }) => (now.breached > 0 ? 'bad' : 'calm'),
    value: ({ now }) => short(now.breached),
    note: () => t('figure.promise_passed'),
    series: ({ history }) => history.breached,
  },
  {
    ...{ id: 'stock_outs', label: 'figure.stock_outs', format: short },
    tone: ({ now }) => (now.backordered > 0 ? 'warn' : 'calm'),
    value: ({ now }) => short(now.stock_outs),
    note: ({ now }) => t('figure.backordered', { count: short(now.backordered) }),
    series: ({ history }) => history.stock_outs,
  },
  {
    ...{ id: 'split', label: 'figure.split', tone: calm, note: inSpan },
    format: (value) => percent(value),
    value: ({ now }) => orUnknown(now.split_share, (value) => percent(value)),
    series: ({ history }) => history.split_share,
  },
  {
    ...{ id: 'cost', label: 'figure.cost', tone: calm, note: inSpan },
    format: amount,
    value: ({ now }) => orUnknown(now.cost_per_order, amount),
    series: ({ history }) => history.cost_per_order,
  },
  {
    ...{ id: 'decision', label: 'figure.decision', format: microseconds },
    tone: ({ now }) => ((now.budget_share_p99 ?? 0) > 0.8 ? 'bad' : 'calm'),
    value: ({ now }) => orUnknown(now.decision_p50_us, microseconds),
    note: ({ now }) =>
      t('figure.budget', { share: orUnknown(now.budget_share_p99, (value) => percent(value)) }),
    series: ({ history }) => history.decision_us,
  },
  {
    ...{ id: 'queue', label: 'figure.queue' },
    format: (value) => briefly(value),
    // A minute of the viewer's: an accelerated engine's queue is as old as it looks.
    tone: ({ now, clock_rate }) =>
      (now.queue_age_seconds ?? 0) > 60 * Math.max(1, clock_rate) ? 'warn' : 'calm',
    value: ({ now }) => briefly(now.queue_age_seconds ?? 0),
    note: () => t('figure.oldest'),
    series: ({ history }) => history.queue_age_seconds,
  },
];
