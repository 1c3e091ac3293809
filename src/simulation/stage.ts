/**
 * What the parties of a simulation share: a clock, a diary, and the world of things. Words go over
 * HTTP alone; but a parcel on a dock and a pallet at a gate are there for whoever stands before them,
 * and that is what `Docks` is.
 */
import type { Network, Sku } from '../domain/network.ts';
import type { Demand } from './demand.ts';
import type { Schedule } from './schedule.ts';
import type { ShelfLine } from './stocking.ts';

/** What a truck finds: the parcel, one that is not packed yet, or none that is to leave. */
export type Collected = 'loaded' | 'not_ready' | 'gone';

/** Goods at a gate, with their papers. */
export interface Delivery {
  readonly notice_reference: string;
  readonly lines: readonly ShelfLine[];
}

/** The gates of one warehouse. */
export interface Dock {
  /** A truck asks for a parcel at an instant (ms since 1970). */
  collect(shipment_id: string, at: number): Promise<Collected>;
  /** A truck brings goods. */
  unload(delivery: Delivery): void;
}

/** The gates of every warehouse that takes part, by its code. */
export type Docks = Map<string, Dock>;

/** What every party is given. */
export interface Stage {
  readonly seed: number;
  readonly network: Network;
  readonly skus: ReadonlyMap<string, Sku>;
  readonly demand: Demand;
  /** Orders on an average day. */
  readonly orders_per_day: number;
  readonly schedule: Schedule;
  readonly docks: Docks;
  /** How long (s of the machine) a poll stays open while there is nothing to say. */
  readonly poll_seconds: number;
  /**
   * Does what the engine must decide on after what was begun before: where one order takes what another
   * would have taken, the story depends on who comes first.
   */
  inTurn<Done>(deed: () => Promise<Done>): Promise<Done>;
  /** Counts what happens, by a word. */
  note(word: string): void;
}

/** Most things on one page of a poll. */
export const PAGE_ITEMS = 200;

/** An instant as the interface takes it. */
export function textOf(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toString();
}

/** Milliseconds since 1970 of an instant as the interface gives it. */
export function readInstant(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}
