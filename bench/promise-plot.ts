/** Draws the calibration of promises: what was stated against what was kept, and what it costs in days. */
import { writeFileSync } from 'node:fs';
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

/** One stated probability with the share kept and the mean days promised. */
export interface CalibrationPoint {
  readonly stated: number;
  readonly kept: number;
  readonly days: number;
}

const FILE = join(import.meta.dirname, '../docs/promise-calibration.svg');
const LEFT = 60;
const GAP = 90;
const FROM = 0.5;

/** Writes `docs/promise-calibration.svg`: points from a stated half upwards, and the retailer's own. */
export function plotCalibration(
  all: readonly CalibrationPoint[],
  retailer: { readonly kept: number; readonly days: number },
): void {
  const points = all.filter(({ stated }) => stated >= FROM);
  const share: Axis = [FROM, 1];
  const most = Math.ceil(Math.max(retailer.days, ...points.map(({ days }) => days)) / 5) * 5;
  const days: Axis = [0, most];
  const tick = (value: number): Tick => [value, String(value)];
  const shares = [0.5, 0.6, 0.7, 0.8, 0.9, 1].map(tick);
  const dayTicks = Array.from({ length: most / 5 + 1 }, (_, i) => tick(i * 5));
  const second = LEFT + SIDE + GAP;
  const [x, y] = [second + scale(days, retailer.days), TOP + SIDE - scale(share, retailer.kept)];
  const title = 'Promises on Olist orders: stated against kept, and kept against days promised';
  const svg = drawing({ width: second + SIDE + 30, height: TOP + SIDE + 60 }, title, [
    framed([
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
    ]),
    `<path d="M${LEFT} ${TOP + SIDE}L${LEFT + SIDE} ${TOP}" stroke="#999" stroke-dasharray="4 4" />`,
    curve(
      LEFT,
      points.map((point) => [point.stated, point.kept] as const),
      { x: share, y: share },
    ),
    curve(
      second,
      points.map((point) => [point.days, point.kept] as const),
      { x: days, y: share },
    ),
    `<g fill="#c2410c"><rect x="${x - 5}" y="${y - 5}" width="10" height="10" />`,
    `${text(x - 18, y + 26, 'start', 'the retailer’s own dates')}</g>`,
  ]);
  writeFileSync(FILE, svg);
}
