/** The map's colours, read from the style sheet so that it follows the theme. */

export interface Palette {
  readonly sea: string;
  readonly land: string;
  readonly home: string;
  readonly coast: string;
  readonly lane: string;
  readonly leg: string;
  readonly ink: string;
  readonly halo: string;
  readonly surface: string;
  readonly hub: string;
  readonly moving: string;
  readonly at_risk: string;
  readonly breached: string;
  readonly load: string;
  readonly track: string;
}

const NAMES = [
  ...['sea', 'land', 'home', 'coast', 'lane', 'leg', 'ink', 'halo', 'surface', 'hub'],
  ...['moving', 'at_risk', 'breached', 'load', 'track'],
] as (keyof Palette)[];

/** The colours in force. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const entries = NAMES.map((name) => [
    name,
    style.getPropertyValue(`--map-${name.replace('_', '-')}`).trim(),
  ]);
  return Object.fromEntries(entries) as Palette;
}

/** `#rrggbb` as a number. */
export function toNumber(hex: string): number {
  return Number.parseInt(hex.slice(1), 16);
}
