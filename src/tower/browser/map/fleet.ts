/**
 * Every open parcel, in columns of numbers: 100,000 of them are looked at in each frame. A parcel has a
 * place in all columns; places of those that have gone are used again.
 */

/** Where a parcel is on its journey, as far as the map tells it apart. */
export const STAGE = { free: 0, house: 1, moving: 2, arriving: 3, vanishing: 4 } as const;

/** How a parcel stands against its deadlines, as the column `risk` has it. */
export const RISK = { none: 0, at_risk: 1, breached: 2 } as const;

/** What is known of a parcel when it comes. Coordinates are of the sheet. */
export interface Placed {
  readonly shipment_id: string;
  readonly order_id: string;
  readonly stage: number;
  readonly risk: number;
  readonly pickup_seconds: number;
  readonly expected_seconds: number;
  /** Start, control point and end of its curve: x0, y0, cx, cy, x1, y1. */
  readonly curve: readonly [number, number, number, number, number, number];
}

/** The columns. Read freely; write through the functions. */
export interface Fleet {
  capacity: number;
  /** Places in use or used before: loops run below this. */
  size: number;
  count: number;
  /** Grows with every change from outside: there is something new to draw. */
  changes: number;
  readonly index: Map<string, number>;
  readonly free: number[];
  shipment_ids: (string | null)[];
  order_ids: (string | null)[];
  stage: Uint8Array;
  risk: Uint8Array;
  /** The milestone (from 0) that is at risk, 255 = none. */
  risk_milestone: Uint8Array;
  pickup: Float64Array;
  expected: Float64Array;
  curve: Float32Array;
  /** Share of the way that is shown; it follows the true one smoothly. */
  shown: Float32Array;
  /** Where it was drawn last, map pixels; NaN = not drawn. */
  x: Float32Array;
  y: Float32Array;
  /** Where it lies around its warehouse while it is there, pixels. */
  offset: Float32Array;
}

/** An empty fleet. */
export function newFleet(capacity = 1024): Fleet {
  return {
    ...{ capacity, size: 0, count: 0, changes: 0, index: new Map(), free: [] },
    ...{ shipment_ids: [], order_ids: [] },
    stage: new Uint8Array(capacity),
    risk: new Uint8Array(capacity),
    risk_milestone: new Uint8Array(capacity).fill(255),
    pickup: new Float64Array(capacity),
    expected: new Float64Array(capacity),
    curve: new Float32Array(capacity * 6),
    shown: new Float32Array(capacity),
    x: new Float32Array(capacity).fill(Number.NaN),
    y: new Float32Array(capacity).fill(Number.NaN),
    offset: new Float32Array(capacity * 2),
  };
}

/** Puts a parcel in, or takes its new facts; returns its place. Amortised O(1). */
export function place(fleet: Fleet, parcel: Placed): number {
  let at = fleet.index.get(parcel.shipment_id);
  if (at === undefined) {
    at = fleet.free.pop() ?? fleet.size++;
    if (at >= fleet.capacity) grow(fleet);
    fleet.index.set(parcel.shipment_id, at);
    fleet.count += 1;
    lieAround(fleet, at, scatter(parcel.shipment_id));
    fleet.shown[at] = 0;
    fleet.x[at] = Number.NaN;
  }
  fleet.changes += 1;
  fleet.shipment_ids[at] = parcel.shipment_id;
  fleet.order_ids[at] = parcel.order_id;
  fleet.stage[at] = parcel.stage;
  fleet.risk[at] = parcel.risk;
  fleet.risk_milestone[at] = 255;
  fleet.pickup[at] = parcel.pickup_seconds;
  fleet.expected[at] = parcel.expected_seconds;
  fleet.curve.set(parcel.curve, at * 6);
  return at;
}

/** Frees the place of a parcel that has gone. */
export function remove(fleet: Fleet, at: number): void {
  const id = fleet.shipment_ids[at];
  if (id === null || id === undefined) return;
  fleet.index.delete(id);
  fleet.shipment_ids[at] = null;
  fleet.order_ids[at] = null;
  fleet.stage[at] = STAGE.free;
  fleet.x[at] = Number.NaN;
  fleet.free.push(at);
  fleet.count -= 1;
}

/** Forgets all. */
export function clear(fleet: Fleet): void {
  fleet.index.clear();
  fleet.free.length = 0;
  fleet.stage.fill(STAGE.free);
  fleet.x.fill(Number.NaN);
  fleet.size = 0;
  fleet.count = 0;
  fleet.changes += 1;
}

function grow(fleet: Fleet): void {
  const wider = newFleet(fleet.capacity * 2);
  for (const name of ['stage', 'risk', 'risk_milestone', 'curve', 'shown', 'x', 'y'] as const) {
    wider[name].set(fleet[name] as never);
  }
  wider.pickup.set(fleet.pickup);
  wider.expected.set(fleet.expected);
  wider.offset.set(fleet.offset);
  const { index, free, shipment_ids, order_ids, size, count, changes } = fleet;
  Object.assign(fleet, wider, { index, free, shipment_ids, order_ids, size, count, changes });
}

/** Parcels of one warehouse fill a ring around its sign. */
function lieAround({ offset }: Fleet, at: number, spread: number): void {
  const angle = spread * 2399.96;
  const radius = 4 + 9 * Math.sqrt((spread * 977) % 1);
  offset[at * 2] = Math.cos(angle) * radius;
  offset[at * 2 + 1] = Math.sin(angle) * radius;
}

/** A number in [0, 1) from an id, always the same (FNV-1a). */
export function scatter(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) / 2 ** 32;
}

/** The parcel drawn nearest to a point, within `reach` pixels; -1 = none. One pass: O(size). */
export function nearest(fleet: Fleet, x: number, y: number, reach: number): number {
  let best = reach * reach;
  let found = -1;
  for (let at = 0; at < fleet.size; at += 1) {
    const dx = fleet.x[at]! - x;
    const dy = fleet.y[at]! - y;
    const distance = dx * dx + dy * dy;
    // What is at risk lies on top of the rest.
    if (distance <= best && (distance < best || fleet.risk[at]! > 0)) {
      best = distance;
      found = at;
    }
  }
  return found;
}
