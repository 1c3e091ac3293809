/**
 * Draws the figures of deciding as they stand in `bench/results.md`: latency by lines, and the share of
 * the gap that prices close. `npm run bench:draw`; a figure that was never recorded is left out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
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
} from './plot-parts.ts';

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

function save(name: string, svg: string): void {
  writeFileSync(join(import.meta.dirname, '../docs', name), svg);
  console.log(`drawn: docs/${name}`);
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

const BAR = 34;
const NAMES = 270;
const WIDTH = 420;

/** Share of the gap closed by row, with its 95 % interval and target. */
function drawGap(): void {
  const end = ': gap closed';
  const all = new Map([...figuresOf('decision: prices'), ...figuresOf('decision: prices-big')]);
  const rows = [...all].flatMap(([name, figure]) => {
    if (!name.endsWith(end)) return [];
    const half = all.get(`${name}, half of the 95 % interval`)?.value ?? 0;
    return [{ name: name.slice(0, -end.length), ...figure, half }];
  });
  if (rows.length === 0) return;
  const x = (percent: number) => NAMES + Math.round((percent / 100) * WIDTH * 10) / 10;
  const height = rows.length * BAR;
  const bars = rows.map(({ name, value, target, half }, i) => {
    const y = TOP + i * BAR + BAR / 2;
    const [low, high] = [x(Math.max(0, value - half)), x(Math.min(100, value + half))];
    const mark = target === null ? '' : `<path d="M${x(target)} ${y - 13}v26" stroke="#c2410c" />`;
    return [
      `<rect x="${NAMES}" y="${y - 9}" width="${x(value) - NAMES}" height="18" fill="#9cc3e4" />`,
      half > 0 ? `<path d="M${low} ${y}H${high}" stroke="#1a6fb5" />` : '',
      mark,
      `<g fill="#222">${text(NAMES - 8, y + 4, 'end', name)}`,
      `${text(NAMES + WIDTH + 10, y + 4, 'start', `${value.toFixed(1)} %`)}</g>`,
    ].join('');
  });
  const ticks = [0, 20, 40, 60, 80, 100].map((percent) => {
    const y = TOP + height;
    return `<path d="M${x(percent)} ${y}v5" />${text(x(percent), y + 20, 'middle', String(percent))}`;
  });
  const title = 'Share of the gap between exact greedy and hindsight that prices close';
  const words = 'percent; the line is the 95 % interval, the red mark the target';
  const size = { width: NAMES + WIDTH + 80, height: TOP + height + 60 };
  const svg = drawing(size, title, [
    `<g stroke-width="2">${bars.join('\n')}</g>`,
    framed([
      `<path d="M${NAMES} ${TOP}v${height}h${WIDTH}" fill="none" />`,
      ...ticks,
      text(NAMES + WIDTH / 2, TOP - 14, 'middle', title),
      text(NAMES + WIDTH / 2, TOP + height + 42, 'middle', words),
    ]),
  ]);
  save('gap-closed.svg', svg);
}

drawLatency();
drawGap();
