/** Draws the calibration of promises: what was stated against what was kept, and what it costs in days. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One stated probability with the share kept and the mean days promised. */
export interface CalibrationPoint {
  readonly stated: number;
  readonly kept: number;
  readonly days: number;
}

const FILE = join(import.meta.dirname, '../docs/promise-calibration.svg');
const SIDE = 320;
const LEFT = 60;
const GAP = 90;
const TOP = 40;
const FROM = 0.5;

type Axis = readonly [low: number, high: number];

const scale = ([low, high]: Axis, value: number): number =>
  Math.round(((value - low) / (high - low)) * SIDE * 10) / 10;

const text = (x: number, y: number, anchor: string, content: string): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`;

function panel(
  x0: number,
  axes: { x: Axis; y: Axis; xTicks: readonly number[]; yTicks: readonly number[] },
  titles: readonly [title: string, x: string, y: string],
): string {
  const bottom = TOP + SIDE;
  const xs = axes.xTicks.map((tick) => {
    const x = x0 + scale(axes.x, tick);
    return `<path d="M${x} ${bottom}v5" />${text(x, bottom + 20, 'middle', String(tick))}`;
  });
  const ys = axes.yTicks.map((tick) => {
    const y = bottom - scale(axes.y, tick);
    return `<path d="M${x0} ${y}h-5" />${text(x0 - 9, y + 4, 'end', String(tick))}`;
  });
  const [title, xTitle, yTitle] = titles;
  const middle = TOP + SIDE / 2;
  return [
    `<rect x="${x0}" y="${TOP}" width="${SIDE}" height="${SIDE}" fill="none" />`,
    ...xs,
    ...ys,
    text(x0 + SIDE / 2, TOP - 14, 'middle', title),
    text(x0 + SIDE / 2, bottom + 42, 'middle', xTitle),
    `<g transform="rotate(-90 ${x0 - 40} ${middle})">${text(x0 - 40, middle, 'middle', yTitle)}</g>`,
  ].join('\n');
}

function curve(x0: number, points: readonly (readonly [number, number])[], x: Axis, y: Axis) {
  const placed = points.map(([a, b]) => [x0 + scale(x, a), TOP + SIDE - scale(y, b)] as const);
  const line = placed.map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`).join(' L');
  const dots = placed.map(
    ([a, b]) => `<circle cx="${a.toFixed(1)}" cy="${b.toFixed(1)}" r="3.5" />`,
  );
  const path = `<path d="M${line}" fill="none" stroke-width="2" />`;
  return `<g fill="#1a6fb5" stroke="#1a6fb5">${path}${dots.join('')}</g>`;
}

/** Writes `docs/promise-calibration.svg`: points from a stated half upwards, and the retailer's own. */
export function plotCalibration(
  all: readonly CalibrationPoint[],
  retailer: { readonly kept: number; readonly days: number },
): void {
  const points = all.filter(({ stated }) => stated >= FROM);
  const share: Axis = [FROM, 1];
  const most = Math.ceil(Math.max(retailer.days, ...points.map(({ days }) => days)) / 5) * 5;
  const days: Axis = [0, most];
  const shares = [0.5, 0.6, 0.7, 0.8, 0.9, 1];
  const dayTicks = Array.from({ length: most / 5 + 1 }, (_, i) => i * 5);
  const second = LEFT + SIDE + GAP;
  const [x, y] = [second + scale(days, retailer.days), TOP + SIDE - scale(share, retailer.kept)];
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${second + SIDE + 30} ${TOP + SIDE + 60}"`,
    ' font-family="sans-serif" font-size="13">',
    '<title>Promises on Olist orders: stated against kept, and kept against days promised</title>',
    '<rect width="100%" height="100%" fill="#fff" />',
    '<g stroke="#444" fill="#222" stroke-width="0.4">',
    panel(LEFT, { x: share, y: share, xTicks: shares, yTicks: shares }, [
      'Stated against kept',
      'stated probability',
      'share of parcels in time',
    ]),
    panel(second, { x: days, y: share, xTicks: dayTicks, yTicks: shares }, [
      'What certainty costs',
      'mean days promised',
      'share of parcels in time',
    ]),
    '</g>',
    `<path d="M${LEFT} ${TOP + SIDE}L${LEFT + SIDE} ${TOP}" stroke="#999" stroke-dasharray="4 4" />`,
    curve(
      LEFT,
      points.map((point) => [point.stated, point.kept] as const),
      share,
      share,
    ),
    curve(
      second,
      points.map((point) => [point.days, point.kept] as const),
      days,
      share,
    ),
    `<g fill="#c2410c"><rect x="${x - 5}" y="${y - 5}" width="10" height="10" />`,
    `${text(x - 10, y + 22, 'end', 'the retailer’s own dates')}</g>`,
    '</svg>',
  ].join('\n');
  writeFileSync(FILE, `${svg}\n`);
}
