/** Draws rows of one figure as bars, with intervals and targets, into `docs/`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Axis,
  drawing,
  framed,
  scale,
  type Tick,
  TOP,
  text,
} from '../src/api/plots/plot-parts.ts';

/** One bar: its value with half of its interval (0 = none) and what it is held to (null = nothing). */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly target: number | null;
  readonly half: number;
}

/** What is written around the bars, and how a value is told. */
export interface BarPlot {
  readonly title: string;
  readonly words: string;
  readonly axis: Axis;
  readonly ticks: readonly Tick[];
  readonly told: (value: number) => string;
}

const BAR = 34;
const NAMES = 330;
const WIDTH = 420;

/** Writes a drawing to `docs/`. */
export function save(name: string, svg: string): void {
  writeFileSync(join(import.meta.dirname, '../docs', name), svg);
  console.log(`drawn: docs/${name}`);
}

/** Writes the bars of these rows to `docs/`; nothing without rows. */
export function drawBars(file: string, rows: readonly Row[], plot: BarPlot): void {
  if (rows.length === 0) return;
  const { axis, title, words } = plot;
  const x = (value: number): number =>
    NAMES + scale(axis, Math.min(axis[1], Math.max(axis[0], value)), WIDTH);
  const height = rows.length * BAR;
  const bars = rows.map(({ name, value, target, half }, i) => {
    const y = TOP + i * BAR + BAR / 2;
    const mark = target === null ? '' : `<path d="M${x(target)} ${y - 13}v26" stroke="#c2410c" />`;
    return [
      `<rect x="${NAMES}" y="${y - 9}" width="${x(value) - NAMES}" height="18" fill="#9cc3e4" />`,
      half > 0 ? `<path d="M${x(value - half)} ${y}H${x(value + half)}" stroke="#1a6fb5" />` : '',
      mark,
      `<g fill="#222">${text(NAMES - 8, y + 4, 'end', name)}`,
      `${text(NAMES + WIDTH + 10, y + 4, 'start', plot.told(value))}</g>`,
    ].join('');
  });
  const ticks = plot.ticks.map(([value, label]) => {
    const y = TOP + height;
    return `<path d="M${x(value)} ${y}v5" />${text(x(value), y + 20, 'middle', label)}`;
  });
  const middle = (NAMES + WIDTH + 80) / 2;
  const size = { width: NAMES + WIDTH + 80, height: TOP + height + 60 };
  const svg = drawing(size, title, [
    `<g stroke-width="2">${bars.join('\n')}</g>`,
    framed([
      `<path d="M${NAMES} ${TOP}v${height}h${WIDTH}" fill="none" />`,
      ...ticks,
      text(middle, TOP - 14, 'middle', title),
      text(middle, TOP + height + 42, 'middle', words),
    ]),
  ]);
  save(file, svg);
}
