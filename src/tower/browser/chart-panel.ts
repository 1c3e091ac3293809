/** The chosen figure over time, large. */
import type UPlot from 'uplot';
import { h, setText } from './element.ts';
import { type FiguresAnswer, figures } from './feed.ts';
import { type Figure, firstBucket, span } from './figure-list.ts';
import { chosenFigure } from './figures-strip.ts';
import { t } from './texts.ts';
import { theme } from './theme.ts';
import { clockIn, dayIn, offsetSeconds, zoneLabel } from './times.ts';
import { uPlot } from './vendor.ts';
import { zoneFor } from './zones.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** Distances between marks on the time axis, seconds. */
const STEPS = [MINUTE, 5 * MINUTE, 10 * MINUTE, HOUR / 2, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY];

/** The chart with its heading; redrawn as figures come. */
export function chartPanel(ended: AbortSignal): HTMLElement {
  const title = h('h2', { class: 'chart-title' });
  const reading = h('span', { class: 'chart-reading' });
  const plot = h('div', { class: 'chart-plot', 'aria-hidden': 'true' });
  let chart: UPlot | null = null;
  let drawn: Figure | null = null;
  const redraw = () => {
    const answer = figures.get();
    const figure = chosenFigure.get();
    if (answer === null || plot.clientWidth === 0) return;
    setText(title, t('chart.title', { figure: t(figure.label), span: span(answer) }));
    if (chart === null || drawn !== figure) {
      chart?.destroy();
      drawn = figure;
      chart = new uPlot(options(figure, plot, reading), dataOf(answer, figure), plot);
    } else chart.setData(dataOf(answer, figure));
    if (chart.cursor.idx == null) setText(reading, summary(answer, figure));
  };
  const renew = () => {
    drawn = null;
    redraw();
  };
  const observer = new ResizeObserver(() => {
    chart?.setSize({ width: plot.clientWidth, height: plot.clientHeight });
    redraw();
  });
  observer.observe(plot);
  const stops = [figures.watch(redraw), chosenFigure.watch(redraw), theme.watch(renew)];
  ended.addEventListener('abort', () => {
    observer.disconnect();
    for (const stop of stops) stop();
    chart?.destroy();
  });
  return h(
    'section',
    { class: 'chart', 'aria-label': t('chart.label') },
    h('div', { class: 'chart-head' }, title, reading),
    plot,
  );
}

function dataOf(answer: FiguresAnswer, figure: Figure): UPlot.AlignedData {
  const from = firstBucket(answer);
  // The newest bucket is not over: its counts would look like a fall.
  const { start_seconds } = answer.history;
  return [start_seconds.slice(from, -1), figure.series(answer).slice(from, -1) as number[]];
}

function summary(answer: FiguresAnswer, figure: Figure): string {
  const known = figure.series(answer).filter((value) => value !== null);
  if (known.length === 0) return t('chart.empty');
  const most = figure.format(Math.max(...known.slice(firstBucket(answer) - known.length)));
  return t('chart.summary', { now: figure.value(answer), most });
}

function axesOf(figure: Figure, colour: (name: string) => string): UPlot.Axis[] {
  const axis = {
    stroke: colour('muted'),
    font: '11px system-ui, "Noto Sans KR", sans-serif',
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
  };
  const time: UPlot.Axis = {
    ...{ ...axis, incrs: STEPS, splits: timeSplits, space: 70, size: 26 },
    values: (_chart, at) => at.map(timeMark),
  };
  const amount: UPlot.Axis = {
    ...{ ...axis, size: 66, space: 26 },
    values: (_chart, values) => {
      const top = Math.max(...values.map((value) => value ?? 0));
      return values.map((value) => (value === null ? '' : figure.format(value, top)));
    },
  };
  return [time, amount];
}

function options(figure: Figure, plot: HTMLElement, reading: HTMLElement): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    width: plot.clientWidth,
    height: plot.clientHeight,
    padding: [6, 34, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: false }, y: { range: (_chart, low, high) => rangeOf(low, high) } },
    axes: axesOf(figure, colour),
    series: [
      {},
      {
        stroke: colour('accent'),
        fill: colour('accent-wash'),
        ...{ width: 1.6, points: { show: false }, spanGaps: false },
      },
    ],
    hooks: {
      setCursor: [
        (chart) => {
          const at = chart.cursor.idx;
          const value = at == null ? null : chart.data[1]?.[at];
          if (at == null || value == null) return;
          const ms = chart.data[0][at]! * 1000;
          const zone = zoneFor();
          const time = `${dayIn(zone, ms)} ${clockIn(zone, ms)} ${zoneLabel(zone)}`;
          setText(reading, `${time}: ${figure.format(value)}`);
        },
      ],
    },
  };
}

/** From zero, with room above; a line of zeros is shown at the bottom. */
function rangeOf(low: number | null, high: number | null): [number, number] {
  const top = high === null || high === 0 ? 1 : high * 1.12;
  return [Math.min(0, low ?? 0), top];
}

/** Marks at whole steps of the zone's own clock: days begin where they begin there. */
function timeSplits(
  _chart: UPlot,
  _axis: number,
  from: number,
  to: number,
  step: number,
): number[] {
  const offset = offsetSeconds(zoneFor(), from * 1000);
  const first = Math.ceil((from + offset) / step) * step - offset;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, at) => {
    return first + at * step;
  });
}

function timeMark(seconds: number): string {
  const zone = zoneFor();
  const clock = clockIn(zone, seconds * 1000);
  return clock === '00:00' ? dayIn(zone, seconds * 1000) : clock;
}
