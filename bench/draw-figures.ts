/**
 * Draws the figures of deciding as they stand in `bench/results.md`: latency by lines, decisions a second,
 * the share of the gap that prices close, what deciding again removes, promises by month and state.
 * `npm run bench:draw`; a figure that was never recorded is left out.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Axis,
  curve,
  drawing,
  framed,
  panel,
  SIDE,
  scale,
  type Tick,
  TOP,
  text,
} from '../src/api/plots/plot-parts.ts';
import { drawBars, type Row, save } from './bar-plot.ts';

/** A recorded figure. */
interface Recorded {
  readonly value: number;
  readonly target: number | null;
}

const results = readFileSync(join(import.meta.dirname, 'results.md'), 'utf8');

/** The figures of one section by name; none if it is not there. */
function figuresOf(section: string): Map<string, Recorded> {
  const body = results.split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = body.matchAll(/^\| ([^|]+) \| (-?[\d.]+(?:e[+-]?\d+)?)[^|]*\| ([^|]*)\|/gm);
  return new Map(
    [...rows].map(([, name, value, target]) => [
      name!.trim(),
      { value: Number(value), target: target!.trim() === '' ? null : Number(target) },
    ]),
  );
}

const LEFT = 70;
const MOST_LINES = 14;

/** Time of one decision by its lines, on a scale of tens. */
function drawLatency(): void {
  const figures = figuresOf('decision: latency');
  const lines = Array.from({ length: MOST_LINES }, (_, i) => i + 1);
  const points = (quantile: string) =>
    lines.flatMap((n) => {
      const figure = figures.get(`${n} lines: ${quantile}`);
      return figure === undefined ? [] : [[n, Math.log10(figure.value)] as const];
    });
  const targets = lines.flatMap((n) => {
    const target = figures.get(`${n} lines: p99`)?.target;
    return target == null ? [] : [[n, Math.log10(target)] as const];
  });
  if (points('p99').length === 0) return;
  const width = 520;
  const axes = {
    x: [0.5, MOST_LINES + 0.5] as Axis,
    y: [-2, 2] as Axis,
    xTicks: lines.map((n): Tick => [n, String(n)]),
    yTicks: [-2, -1, 0, 1, 2].map((power): Tick => [power, String(10 ** power)]),
  };
  const bottom = TOP + SIDE;
  const at = (n: number, power: number) =>
    [LEFT + scale(axes.x, n, width), bottom - scale(axes.y, power)] as const;
  const bars = targets.map(([n, power]) => {
    const [from, y] = at(n - 0.4, power);
    return `<path d="M${from} ${y}H${at(n + 0.4, power)[0]}" />`;
  });
  const name = (quantile: string, dy: number) => {
    const [n, power] = points(quantile).at(-1)!;
    const [x, y] = at(n, power);
    return text(x, y + dy, 'end', quantile);
  };
  const title = 'Time of a decision by the lines of the order';
  const svg = drawing({ width: LEFT + width + 30, height: bottom + 60 }, title, [
    framed([panel(LEFT, axes, [title, 'lines', 'milliseconds'], width)]),
    `<g stroke="#c2410c" stroke-width="2">${bars.join('')}</g>`,
    `<g fill="#c2410c">${text(at(1, 0)[0], at(1, Math.log10(2))[1] - 6, 'start', 'target, p99')}</g>`,
    curve(LEFT, points('p99'), axes, { width }),
    curve(LEFT, points('p50'), axes, { width, colour: '#5b8c5a' }),
    `<g fill="#1a6fb5">${name('p99', -10)}</g>`,
    `<g fill="#3f6b3e">${name('p50', 20)}</g>`,
  ]);
  save('decision-latency.svg', svg);
}

/** Rows of a section whose name ends so, named without that end. */
function rowsOf(figures: ReadonlyMap<string, Recorded>, end: string): Row[] {
  return [...figures].flatMap(([name, figure]) => {
    if (!name.endsWith(end)) return [];
    const half = figures.get(`${name}, half of the 95 % interval`)?.value ?? 0;
    return [{ name: name.slice(0, -end.length), ...figure, half }];
  });
}

const percent = (value: number): string => `${value.toFixed(1)} %`;
const tens = [0, 20, 40, 60, 80, 100].map((value): Tick => [value, String(value)]);

/** Share of the gap closed by row, with its 95 % interval and target. */
function drawGap(): void {
  const sections = ['prices', 'prices-changing-long', 'prices-waiting', 'prices-big'];
  const all = new Map(sections.flatMap((section) => [...figuresOf(`decision: ${section}`)]));
  drawBars('gap-closed.svg', rowsOf(all, ': gap closed'), {
    title: 'Share of the gap between exact greedy and hindsight that prices close',
    words: 'percent; the line is the 95 % interval, the red mark the target',
    axis: [0, 100],
    ticks: tens,
    told: percent,
  });
}

/** Decisions a second, on a scale of tens. */
function drawThroughput(): void {
  const end = ', per second of the thread';
  const figures = figuresOf('decision: throughput');
  const rows = [...figures].flatMap(([name, { value, target }]) => {
    if (!figures.has(`${name}${end}`)) return [];
    const power = target === null ? null : Math.log10(target);
    return [{ name, value: Math.log10(value), target: power, half: 0 }];
  });
  drawBars('decision-throughput.svg', rows, {
    title: 'Decisions a second on one core, 1,000 warehouses × 3,000 services',
    words: 'decisions a second, on a scale of tens; the red mark is the target',
    axis: [2, 5],
    ticks: [2, 3, 4, 5].map((power): Tick => [power, (10 ** power).toLocaleString('en')]),
    told: (power) => Math.round(10 ** power).toLocaleString('en'),
  });
}

/** Extra shipments that deciding again removes. */
function drawRedecide(): void {
  drawBars('redecide.svg', rowsOf(figuresOf('decision: redecide'), ': extra shipments removed'), {
    title: 'Extra shipments that deciding again before release removes',
    words: 'percent of the shipments beyond one for each order; the red mark is the target',
    axis: [0, 100],
    ticks: tens,
    told: percent,
  });
}

/** Share of parcels in time of a stated 0.95, by month and by state of the buyer. */
function drawPromiseGroups(): void {
  const end = ', stated 0.95: kept';
  const figures = figuresOf('decision: promise');
  const rows = [...figures].flatMap(([name, { value }]) => {
    const about = /^(?:month|state) \S+(?=, stated 0\.95: kept$)/.exec(name)?.[0];
    if (about === undefined || !name.endsWith(end)) return [];
    const parcels = figures.get(`${about}: parcels`)?.value ?? 0;
    const share = 100 * value;
    const half = parcels === 0 ? 0 : 196 * Math.sqrt((value * (1 - value)) / parcels);
    return [{ name: `${about} (${parcels} parcels)`, value: share, target: 95, half }];
  });
  drawBars('promise-groups.svg', rows, {
    title: 'Promises at a stated 95 %: parcels in time, by month and state',
    words: 'percent; the line is the 95 % interval, the red mark what was stated',
    axis: [80, 100],
    ticks: [80, 85, 90, 95, 100].map((value): Tick => [value, String(value)]),
    told: percent,
  });
}

drawLatency();
drawThroughput();
drawGap();
drawRedecide();
drawPromiseGroups();
