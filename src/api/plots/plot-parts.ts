/** Parts of a plot as SVG text: axes, a curve, words. Coordinates are pixels, values are the plot's own. */

/** Height and width of a square panel. */
export const SIDE = 320;
/** Where the top of a panel is. */
export const TOP = 40;

/** Range of an axis, both ends included. */
export type Axis = readonly [low: number, high: number];
/** A mark on an axis, with what is written at it. */
export type Tick = readonly [value: number, label: string];

/** Pixels from the low end. */
export const scale = ([low, high]: Axis, value: number, side = SIDE): number =>
  Math.round(((value - low) / (high - low)) * side * 10) / 10;

/** What XML cannot hold in any spelling; one such character and no reader shows the drawing. */
const UNWRITABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Words as the content of an element: whatever they hold, they are read as words. */
export const escaped = (content: string): string =>
  content
    .replace(UNWRITABLE, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');

/** Words at a place. */
export const text = (x: number, y: number, anchor: string, content: string): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`;

/** What a panel shows along its sides. */
export interface Axes {
  readonly x: Axis;
  readonly y: Axis;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
}

/** The frame of a panel at `x0` with marks and titles; `width` is its own where it is not square. */
export function panel(
  x0: number,
  axes: Axes,
  [title, xTitle, yTitle]: readonly [title: string, x: string, y: string],
  width = SIDE,
): string {
  const bottom = TOP + SIDE;
  const xs = axes.xTicks.map(([tick, label]) => {
    const x = x0 + scale(axes.x, tick, width);
    return `<path d="M${x} ${bottom}v5" />${text(x, bottom + 20, 'middle', label)}`;
  });
  const ys = axes.yTicks.map(([tick, label]) => {
    const y = bottom - scale(axes.y, tick);
    return `<path d="M${x0} ${y}h-5" />${text(x0 - 9, y + 4, 'end', label)}`;
  });
  const middle = TOP + SIDE / 2;
  const turned = `<g transform="rotate(-90 ${x0 - 40} ${middle})">`;
  return [
    `<rect x="${x0}" y="${TOP}" width="${width}" height="${SIDE}" fill="none" />`,
    ...xs,
    ...ys,
    text(x0 + width / 2, TOP - 14, 'middle', title),
    text(x0 + width / 2, bottom + 42, 'middle', xTitle),
    yTitle === '' ? '' : `${turned}${text(x0 - 40, middle, 'middle', yTitle)}</g>`,
  ].join('\n');
}

/** Points joined by a line. */
export function curve(
  x0: number,
  points: readonly (readonly [number, number])[],
  { x, y }: Pick<Axes, 'x' | 'y'>,
  { colour = '#1a6fb5', width = SIDE }: { colour?: string; width?: number } = {},
): string {
  const placed = points.map(
    ([a, b]) => [x0 + scale(x, a, width), TOP + SIDE - scale(y, b)] as const,
  );
  const line = placed.map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`).join(' L');
  const dots = placed.map(
    ([a, b]) => `<circle cx="${a.toFixed(1)}" cy="${b.toFixed(1)}" r="3.5" />`,
  );
  const path = `<path d="M${line}" fill="none" stroke-width="2" />`;
  return `<g fill="${colour}" stroke="${colour}">${path}${dots.join('')}</g>`;
}

/** In the dark: each colour of a drawing with the one that stands for it. */
const DARK: readonly (readonly [light: string, dark: string])[] = [
  ['#fff', '#14181d'],
  ['#222', '#d5dae0'],
  ['#444', '#8b949e'],
  ['#999', '#6b747d'],
  ['#1a6fb5', '#6fb3f2'],
  ['#9cc3e4', '#2d5f8f'],
  ['#c2410c', '#f29268'],
  ['#5b8c5a', '#8cc48a'],
  ['#3f6b3e', '#8cc48a'],
];
const darkRules = DARK.map(
  ([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`,
).join('');

/**
 * A whole drawing of this size around its parts; light or dark as the reader prefers. With a
 * description it is one picture to who cannot see it: its title and that, in the place of its words.
 */
export function drawing(
  size: { readonly width: number; readonly height: number },
  title: string,
  parts: readonly string[],
  description?: string,
): string {
  const isTold = description !== undefined;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}"`,
    ` font-family="sans-serif" font-size="13"${isTold ? ' role="img"' : ''}>`,
    `<title>${escaped(title)}</title>`,
    ...(isTold ? [`<desc>${escaped(description)}</desc>`] : []),
    `<style>@media (prefers-color-scheme:dark){${darkRules}}</style>`,
    '<rect width="100%" height="100%" fill="#fff" />',
    ...parts,
    '</svg>',
  ].join('\n')}\n`;
}

/** Frames and words in dark grey. */
export const framed = (parts: readonly string[]): string =>
  `<g stroke="#444" fill="#222" stroke-width="0.4">\n${parts.join('\n')}\n</g>`;
