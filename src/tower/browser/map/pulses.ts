/** Rings that spread and fade where something has just happened. */
import type { Palette } from './palette.ts';
import type { View } from './view.ts';

/** A ring: where, how old (s), and what it tells. */
export interface Pulse {
  readonly x: number;
  readonly y: number;
  age: number;
  readonly risk: number;
  /** The place is one of the map (moves with it), not of the screen. */
  readonly isFixed: boolean;
}

const LIFE_SECONDS = 0.8;
const REACH = 9;

/** Draws all rings, `seconds` older, and forgets those that have faded. */
export function drawPulses(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  pulses: Pulse[],
  seconds: number,
): void {
  context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  context.lineWidth = 1.2;
  for (let at = pulses.length - 1; at >= 0; at -= 1) {
    const pulse = pulses[at]!;
    pulse.age += seconds;
    const share = pulse.age / LIFE_SECONDS;
    if (share >= 1) {
      pulses.splice(at, 1);
      continue;
    }
    const x = pulse.isFixed ? pulse.x * view.k + view.x : pulse.x;
    const y = pulse.isFixed ? pulse.y * view.k + view.y : pulse.y;
    context.globalAlpha = 1 - share;
    context.strokeStyle = pulse.risk === 2 ? palette.breached : palette.load;
    context.beginPath();
    context.arc(x, y, 2 + REACH * share, 0, Math.PI * 2);
    context.stroke();
  }
  context.globalAlpha = 1;
}
