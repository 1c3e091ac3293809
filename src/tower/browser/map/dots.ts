/**
 * Draws the parcels: straight into the pixels of one image, a few bytes each, so that the cost of a frame
 * does not depend on the graphics card. Late ones are drawn last, larger, over the rest.
 */
import { along } from './curve.ts';
import { type Fleet, RISK, remove, STAGE } from './fleet.ts';
import type { View } from './view.ts';

/** Colours as 0xRRGGBB: on time, at risk, breached. */
export type DotColours = readonly [number, number, number];

/** Above this many parcels those on time are specks. */
const MANY = 20_000;
/** Radii of dots (px) by risk. */
const RADII = [1.6, 2.6, 3.2] as const;
/** Below this many parcels each that moves draws a tail. */
const TAILS_MOST = 4000;
const TAIL_STEPS = 7;
/** Time constants (s): how fast what is shown follows what is so, and how fast one arrives. */
const FOLLOW_SECONDS = 0.5;
const ARRIVE_PER_SECOND = 1.1;

export interface DotLayer {
  /**
   * Draws a frame, `seconds` after the last; calls `onArrived` where a parcel has come to its door. True
   * when something has moved that can be seen.
   */
  draw(frame: Frame): boolean;
  resize(view: View): void;
}

export interface Frame {
  readonly fleet: Fleet;
  readonly view: View;
  /** The engine's time, seconds since 1970. */
  readonly now: number;
  readonly seconds: number;
  readonly colours: DotColours;
  readonly still: boolean;
  onArrived(x: number, y: number, risk: number): void;
}

/** A layer on `canvas`. */
export function dotLayer(canvas: HTMLCanvasElement): DotLayer {
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  let image = context.createImageData(1, 1);
  let pixels = new Uint32Array(image.data.buffer);
  return {
    resize: ({ width, height, ratio }) => {
      canvas.width = Math.max(1, Math.round(width * ratio));
      canvas.height = Math.max(1, Math.round(height * ratio));
      image = context.createImageData(canvas.width, canvas.height);
      pixels = new Uint32Array(image.data.buffer);
    },
    draw: (frame) => {
      pixels.fill(0);
      const target = { pixels, width: image.width, height: image.height };
      const isMoving = move(frame);
      if (frame.fleet.count > MANY) specks(frame, target);
      else stampAll(frame, target, RISK.none);
      stampAll(frame, target, RISK.at_risk);
      stampAll(frame, target, RISK.breached);
      context.putImageData(image, 0, 0);
      return isMoving;
    },
  };
}

interface Target {
  readonly pixels: Uint32Array;
  readonly width: number;
  readonly height: number;
}

/** A step (px) that can be seen. */
const SEEN = 0.04;

/** Moves every parcel to where it is now, screen pixels; true when any step can be seen. One pass. */
function move({ fleet, view, now, seconds, still, onArrived }: Frame): boolean {
  const { stage, curve, shown, pickup, expected, offset, x, y } = fleet;
  const follow = still ? 1 : 1 - Math.exp(-seconds / FOLLOW_SECONDS);
  let isMoving = false;
  for (let at = 0; at < fleet.size; at += 1) {
    const phase = stage[at]!;
    if (phase === STAGE.free) continue;
    const c = at * 6;
    if (phase === STAGE.house) {
      shown[at] = 0;
      x[at] = curve[c]! * view.k + view.x + offset[at * 2]!;
      y[at] = curve[c + 1]! * view.k + view.y + offset[at * 2 + 1]!;
      continue;
    }
    if (phase === STAGE.moving) {
      const span = Math.max(1, expected[at]! - pickup[at]!);
      const true_share = Math.min(0.97, Math.max(0.03, (now - pickup[at]!) / span));
      shown[at] = shown[at]! + (true_share - shown[at]!) * follow;
    } else shown[at] = still ? 1 : shown[at]! + ARRIVE_PER_SECOND * seconds;
    const p = Math.min(1, shown[at]!);
    const before = x[at]! + y[at]!;
    x[at] = along(curve[c]!, curve[c + 2]!, curve[c + 4]!, p) * view.k + view.x;
    y[at] = along(curve[c + 1]!, curve[c + 3]!, curve[c + 5]!, p) * view.k + view.y;
    if (!(Math.abs(x[at]! + y[at]! - before) < SEEN)) isMoving = true;
    if (phase === STAGE.moving || p < 1) continue;
    if (phase === STAGE.arriving) onArrived(x[at]!, y[at]!, fleet.risk[at]!);
    remove(fleet, at);
    isMoving = true;
  }
  return isMoving;
}

/**
 * Marks all parcels that are on time, when there are very many: a square of a few pixels each, and one
 * pixel for those in their warehouse. No dot could be told from the next.
 */
function specks({ fleet, view, colours }: Frame, { pixels, width, height }: Target): void {
  const { stage, risk, x, y } = fleet;
  const { ratio } = view;
  const moving = (0xff << 24) | bytesOf(colours[RISK.none]!);
  const resting = (0xa0 << 24) | bytesOf(colours[RISK.none]!);
  for (let at = 0; at < fleet.size; at += 1) {
    if (risk[at] !== RISK.none || stage[at] === STAGE.free) continue;
    const column = (x[at]! * ratio) | 0;
    const row = (y[at]! * ratio) | 0;
    if (column < 0 || row < 0 || column >= width - 1 || row >= height - 1) continue;
    const pixel = row * width + column;
    if (stage[at] === STAGE.house) {
      if (pixels[pixel] === 0) pixels[pixel] = resting;
      continue;
    }
    pixels[pixel] = moving;
    pixels[pixel + 1] = moving;
    pixels[pixel + width] = moving;
    pixels[pixel + width + 1] = moving;
  }
}

/** Stamps all parcels of one risk. */
function stampAll(frame: Frame, target: Target, risk: number): void {
  const { fleet, view, colours } = frame;
  const colour = bytesOf(colours[risk]!);
  const radius = RADII[risk]! * view.ratio * (fleet.count > MANY ? 0.75 : 1);
  const moving = maskOf(radius, 1);
  const resting = maskOf(risk === RISK.none ? radius * 0.62 : radius, 0.75);
  const hasTails = fleet.count < TAILS_MOST;
  for (let at = 0; at < fleet.size; at += 1) {
    const phase = fleet.stage[at]!;
    if (fleet.risk[at] !== risk || phase === STAGE.free) continue;
    const x = fleet.x[at]! * view.ratio;
    const y = fleet.y[at]! * view.ratio;
    if (!(x > -9 && y > -9 && x < target.width + 9 && y < target.height + 9)) continue;
    if (hasTails && phase !== STAGE.house) stampTail(frame, target, at, colour);
    stamp(target, x, y, phase === STAGE.house ? resting : moving, colour);
  }
}

function stampTail({ fleet, view }: Frame, target: Target, at: number, colour: number): void {
  const c = at * 6;
  const { curve, shown } = fleet;
  const length = Math.hypot(curve[c + 4]! - curve[c]!, curve[c + 5]! - curve[c + 1]!) * view.k;
  const step = Math.min(0.02, 3.2 / Math.max(1, length));
  for (let tail = TAIL_STEPS; tail >= 1; tail -= 1) {
    const p = Math.min(1, shown[at]!) - tail * step;
    if (p <= 0) continue;
    const x = (along(curve[c]!, curve[c + 2]!, curve[c + 4]!, p) * view.k + view.x) * view.ratio;
    const y =
      (along(curve[c + 1]!, curve[c + 3]!, curve[c + 5]!, p) * view.k + view.y) * view.ratio;
    const mask = maskOf(1.1 * view.ratio, 0.5 * (1 - tail / (TAIL_STEPS + 1)));
    stamp(target, x, y, mask, colour);
  }
}

/** 0xRRGGBB as the bytes of a pixel without its opacity (little-endian: AABBGGRR). */
function bytesOf(colour: number): number {
  return ((colour & 0xff) << 16) | (colour & 0xff00) | (colour >> 16);
}

/** How opaque a soft round dot is at each of its pixels; a square of odd side. */
interface Mask {
  readonly side: number;
  readonly alpha: Uint8Array;
}

const masks = new Map<number, Mask>();

/** The mask of a radius and opacity; made once. */
function maskOf(radius: number, opacity: number): Mask {
  const key = Math.round(radius * 100) * 1000 + Math.round(opacity * 100);
  let mask = masks.get(key);
  if (mask !== undefined) return mask;
  const reach = Math.ceil(radius + 0.5);
  const side = 2 * reach + 1;
  const alpha = new Uint8Array(side * side);
  for (let at = 0; at < alpha.length; at += 1) {
    const distance = Math.hypot((at % side) - reach, Math.floor(at / side) - reach);
    alpha[at] = Math.round(255 * opacity * Math.min(1, Math.max(0, radius + 0.5 - distance)));
  }
  mask = { side, alpha };
  masks.set(key, mask);
  return mask;
}

/** Stamps a dot; where dots meet the more opaque pixel stays, and a later one as opaque wins. */
function stamp(
  { pixels, width, height }: Target,
  x: number,
  y: number,
  { side, alpha }: Mask,
  colour: number,
): void {
  const left = Math.round(x) - (side >> 1);
  const top = Math.round(y) - (side >> 1);
  for (let row = 0; row < side; row += 1) {
    const line = top + row;
    if (line < 0 || line >= height) continue;
    for (let column = 0; column < side; column += 1) {
      const opaque = alpha[row * side + column]!;
      const across = left + column;
      if (opaque === 0 || across < 0 || across >= width) continue;
      const at = line * width + across;
      if (opaque >= pixels[at]! >>> 24 || opaque > 200) pixels[at] = (opaque << 24) | colour;
    }
  }
}
