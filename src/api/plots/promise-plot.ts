/** Draws the report on promises: what was stated against what was kept, of all parcels and by group. */
import type { PromiseGroup, ReportGroup } from '../../../db/promise-report.ts';
import { keptInterval } from '../../domain/promise-report.ts';
import {
  type Axis,
  drawing,
  escaped,
  framed,
  panel,
  SIDE,
  scale,
  type Tick,
  TOP,
  text,
} from './plot-parts.ts';
import { shortened } from './shortened.ts';

/** What is drawn: parcels planned in [from, until). */
export interface PromisePlot {
  readonly by: ReportGroup;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  /** By what was stated alone. */
  readonly all: readonly PromiseGroup[];
  /** By what was stated and `by`. */
  readonly groups: readonly PromiseGroup[];
}

/** A group of which something is due, with the share kept and its bounds with 95 %. */
interface Point {
  readonly group: PromiseGroup;
  readonly kept: number;
  readonly low: number;
  readonly high: number;
}

/** More rows than a screen holds are not read. */
const MOST_ROWS = 20;
const MOST_STATED = 13;
const MOST_NAMED = 3;

const WIDTH = 900;
const LEFT = 70;
const HEAD = 60;
const LIST = LEFT + SIDE + 36;
const NAMES = 410;
const BARS = 270;
const ROW = 26;
const NAME_COLUMNS = 50;
const NOTE_COLUMNS = 26;
/** Where the rows start: below the panel with its words. */
const ROWS = HEAD + TOP + SIDE + 110;

const seconds = (at: Temporal.Instant): string => at.toString({ smallestUnit: 'second' });
const count = (value: number): string => value.toLocaleString('en');
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
/** As it was stated: 95 %, 99.9 %. */
const stated = (share: number): string => `${Number((100 * share).toFixed(2))} %`;
const sumOf = (groups: readonly PromiseGroup[], of: 'due' | 'open' | 'lost'): number =>
  groups.reduce((sum, group) => sum + group[of], 0);

/**
 * The plot as an SVG document. Above, the diagonal with one point per stated probability; below, at most
 * 20 groups, those with most parcels due first, with their share kept, its interval and what was stated.
 * Shares of parcels due; what is left out is said. Names are ids of parties, and are written as words.
 */
export function plotPromises(plot: PromisePlot): string {
  const title = `Promises: stated against kept, by ${plot.by}`;
  const span = `Parcels planned from ${seconds(plot.from)} until ${seconds(plot.until)}`;
  const heading = [
    `<g fill="#222"><g font-size="16" font-weight="bold">${text(24, 30, 'start', title)}</g>`,
    `${text(24, 52, 'start', span)}</g>`,
  ].join('');
  const points = plot.all.flatMap(pointOf).sort((a, b) => a.group.stated - b.group.stated);
  if (points.length === 0) {
    const nothing = wordsOfNothing(plot.all);
    const words = `<g fill="#222">${text(24, 92, 'start', nothing)}</g>`;
    return drawing({ width: WIDTH, height: 120 }, title, [heading, words], `${span}. ${nothing}`);
  }
  const { shown, notes } = chosen(plot);
  const axis = axisOf(shown.flatMap(pointOf));
  const end = ROWS + shown.length * ROW;
  const told = [
    ...points.map((point) => `All parcels, ${wordsOf(point)}`),
    ...shown.map((group) => `${nameOf(group)}: ${toldOf(group)}`),
    ...notes,
  ];
  const parts = [
    heading,
    `<g transform="translate(0 ${HEAD})">${diagonal(points)}</g>`,
    `<g stroke-width="2">${shown.map((group, i) => row(group, axis, ROWS + i * ROW)).join('\n')}</g>`,
    rowsFrame(plot.by, axis, end),
    `<g fill="#222">${notes.map((note, i) => text(24, end + 76 + i * 20, 'start', note)).join('')}</g>`,
  ];
  const size = { width: WIDTH, height: end + 66 + notes.length * 20 };
  return drawing(size, title, parts, [span, ...told].join('. '));
}

function pointOf(group: PromiseGroup): Point[] {
  const interval = keptInterval(group.kept, group.due);
  if (interval === null) return [];
  return [{ group, kept: group.kept / group.due, low: interval[0], high: interval[1] }];
}

function wordsOfNothing(all: readonly PromiseGroup[]): string {
  const [open, lost] = [sumOf(all, 'open'), sumOf(all, 'lost')];
  if (open + lost === 0)
    return 'Nothing to show yet: no parcel with a promise was planned in this time.';
  return `Nothing to show yet: no promise has come due (${count(open)} open, ${count(lost)} lost).`;
}

/** The groups that there is room for, and what to say of the rest. */
function chosen({ all, groups }: PromisePlot): { shown: PromiseGroup[]; notes: string[] } {
  const sorted = groups.toSorted((a, b) => b.due - a.due);
  const shown = sorted.slice(0, MOST_ROWS);
  const rest = sorted.slice(MOST_ROWS);
  const due = sumOf(all, 'due');
  // Also of groups that the limit of the question has cut off.
  const left = Math.max(0, due - sumOf(shown, 'due'));
  if (left === 0 && rest.length === 0) return { shown, notes: [] };
  const notes = [`Left out: ${count(left)} of ${count(due)} parcels due, in other groups`];
  const names = rest.slice(0, MOST_NAMED).map((group) => shortened(nameOf(group), NOTE_COLUMNS));
  const more = rest.length - names.length;
  if (names.length > 0) {
    notes.push(`among them ${names.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`);
  }
  return { shown, notes };
}

/** From a whole tenth below all that is shown, with some room, up to 1. */
function axisOf(points: readonly Point[]): Axis {
  const values = points.flatMap(({ group, low }) => [group.stated, low]);
  return [Math.max(0, Math.floor((Math.min(0.9, ...values) - 0.01) * 10) / 10), 1];
}

function ticksOf([low]: Axis): Tick[] {
  const step = low < 0.8 ? 0.1 : 0.05;
  const steps = Math.round((1 - low) / step);
  return Array.from({ length: steps + 1 }, (_, i): Tick => {
    const value = 1 - (steps - i) * step;
    return [value, `${Math.round(100 * value)}`];
  });
}

/** The square: stated to the right, kept upwards, and the line on which both are equal. */
function diagonal(points: readonly Point[]): string {
  const axis = axisOf(points);
  const ticks = ticksOf(axis);
  const place = (share: number): number => TOP + SIDE - scale(axis, share);
  const dots = points.map((point) => {
    const x = LEFT + scale(axis, point.group.stated);
    const line = `<path d="M${x} ${place(point.low)}V${place(point.high)}" stroke-width="2" />`;
    const dot = `<circle cx="${x}" cy="${place(point.kept)}" r="4" />`;
    return `<g><title>${escaped(wordsOf(point))}</title>${line}${dot}</g>`;
  });
  const lines = listed(points).map((line, i) => text(LIST, TOP + 34 + i * 20, 'start', line));
  const words = ['All parcels', 'stated, percent', 'kept, percent of parcels due'] as const;
  return [
    framed([panel(LEFT, { x: axis, y: axis, xTicks: ticks, yTicks: ticks }, words)]),
    `<path d="M${LEFT} ${TOP + SIDE}L${LEFT + SIDE} ${TOP}" stroke="#999" stroke-dasharray="4 4" />`,
    `<g fill="#1a6fb5" stroke="#1a6fb5">${dots.join('\n')}</g>`,
    `<g fill="#222">${text(LIST, TOP + 10, 'start', 'share kept, with its 95 % interval')}`,
    `${lines.join('')}</g>`,
  ].join('\n');
}

/** Points in words; where there are more than fit, those with most parcels. */
function listed(points: readonly Point[]): string[] {
  const rest = points.length - MOST_STATED;
  const lines = points
    .toSorted((a, b) => b.group.due - a.group.due)
    .slice(0, MOST_STATED)
    .sort((a, b) => a.group.stated - b.group.stated)
    .map(wordsOf);
  return rest > 0 ? [...lines, `and ${count(rest)} more`] : lines;
}

/** One group: its name, its share with the interval, what was stated as a red mark, its parcels. */
function row(group: PromiseGroup, axis: Axis, top: number): string {
  const y = top + ROW / 2;
  const x = (share: number): number => NAMES + scale(axis, share, BARS);
  const marks = pointOf(group).map(({ kept, low, high }) =>
    [
      `<path d="M${x(low)} ${y}H${x(high)}" stroke="#1a6fb5" />`,
      `<path d="M${x(group.stated)} ${y - 9}v18" stroke="#c2410c" />`,
      `<circle cx="${x(kept)}" cy="${y}" r="4" fill="#1a6fb5" />`,
    ].join(''),
  );
  return [
    `<g><title>${escaped(`${nameOf(group)}: ${toldOf(group)}`)}</title>${marks.join('')}`,
    `<g fill="#222">${text(NAMES - 10, y + 4, 'end', shortened(nameOf(group), NAME_COLUMNS))}`,
    `${text(NAMES + BARS + 12, y + 4, 'start', toldOf(group))}</g></g>`,
  ].join('');
}

/** What is around the rows, which end at `end`. */
function rowsFrame(by: ReportGroup, axis: Axis, end: number): string {
  const ticks = ticksOf(axis).map(([value, label]) => {
    const x = NAMES + scale(axis, value, BARS);
    return `<path d="M${x} ${end}v5" />${text(x, end + 20, 'middle', label)}`;
  });
  const words =
    'kept, percent of parcels due; the line is the 95 % interval, the red mark what was stated';
  return framed([
    `<path d="M${NAMES} ${ROWS}V${end}h${BARS}" fill="none" />`,
    ...ticks,
    text(WIDTH / 2, ROWS - 16, 'middle', `By ${by}, most parcels due first`),
    text(WIDTH / 2, end + 44, 'middle', words),
  ]);
}

function nameOf(group: PromiseGroup): string {
  const { month, carrier_id, service_id, warehouse_id, zone_id } = group;
  const owner = [month, carrier_id, service_id].filter((part) => part !== null).join(' · ');
  return warehouse_id === null ? owner : `${owner} · ${warehouse_id} → ${zone_id}`;
}

function wordsOf({ group, kept, low, high }: Point): string {
  const interval = `(${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
  return `stated ${stated(group.stated)}: kept ${percent(kept)} ${interval} of ${count(group.due)}`;
}

function toldOf(group: PromiseGroup): string {
  const of = `stated ${stated(group.stated)}`;
  if (group.due === 0) return `none due, ${count(group.open)} open (${of})`;
  return `${percent(group.kept / group.due)} of ${count(group.due)} (${of})`;
}
