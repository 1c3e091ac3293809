/** The row of figures: each with a small line of its history; choosing one shows it large. */
import { h, setText, svg } from './element.ts';
import { type FiguresAnswer, figures } from './feed.ts';
import { FIGURES, type Figure, firstBucket } from './figure-list.ts';
import { type Signal, signal } from './signal.ts';
import { t } from './texts.ts';

/** The figure that is shown large. */
export const chosenFigure: Signal<Figure> = signal(FIGURES[0]!);

/** The row. */
export function figuresStrip(ended: AbortSignal): HTMLElement {
  const tiles = FIGURES.map(tileOf);
  const stops = [
    figures.watch((answer) => {
      if (answer !== null) for (const tile of tiles) tile.show(answer);
    }),
    chosenFigure.watch((chosen) => {
      for (const tile of tiles) tile.mark(chosen);
    }),
  ];
  ended.addEventListener('abort', () => {
    for (const stop of stops) stop();
  });
  return h(
    'section',
    { class: 'figures', 'aria-label': t('figures.label'), tabindex: 0 },
    ...tiles.map(({ element }) => element),
  );
}

function tileOf(figure: Figure) {
  const value = h('span', { class: 'figure-value' }, '–');
  const note = h('span', { class: 'figure-note' }, ' ');
  const line = svg('path', { class: 'spark-line' });
  const area = svg('path', { class: 'spark-area' });
  const spark = svg(
    'svg',
    { class: 'spark', viewBox: '0 0 100 24', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    area,
    line,
  );
  const element = h(
    'button',
    { type: 'button', class: 'figure', onclick: () => chosenFigure.set(figure) },
    h('span', { class: 'figure-label' }, t(figure.label)),
    value,
    note,
    spark,
  );
  return {
    element,
    show: (answer: FiguresAnswer) => {
      setText(value, figure.value(answer));
      setText(note, figure.note(answer));
      element.dataset.tone = figure.tone(answer);
      const path = sparkPath(figure.series(answer).slice(firstBucket(answer), -1));
      line.setAttribute('d', path);
      area.setAttribute('d', path === '' ? '' : areaBelow(path));
    },
    mark: (chosen: Figure) => element.setAttribute('aria-pressed', String(chosen === figure)),
  };
}

/** A line through the values that are known; the newest bucket is not over and was left out. */
function sparkPath(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return '';
  const top = Math.max(...known);
  const bottom = Math.min(0, ...known);
  const height = top - bottom || 1;
  let path = '';
  values.forEach((value, at) => {
    if (value === null) return;
    const x = (at / Math.max(1, values.length - 1)) * 100;
    const y = 22 - ((value - bottom) / height) * 20;
    path += `${path === '' ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return path;
}

function areaBelow(path: string): string {
  const first = /^M([\d.]+)/.exec(path)![1]!;
  const last = /L?([\d.]+) [\d.]+$/.exec(path)![1]!;
  return `${path}L${last} 24L${first} 24Z`;
}
