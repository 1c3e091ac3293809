/** Part of TENDER: a routing board on which a shipment sees only the units it already holds. */
import type { CapacityRow } from '../../db/capacity.ts';
import type { Slot } from '../../db/shipment-progress.ts';
import type { HeldRow } from '../../db/units.ts';
import { type Board, giveBack, openBoard, type Taken, take } from '../../routing/index.ts';
import { stockPositions } from './decide-batch.ts';
import type { LiveNetwork } from './engine.ts';

/** The board of a batch. Its stock is empty but for the shipment being placed. */
export type TenderBoard = Board;

/** Opens the board with all held units taken off it. */
export function openTenderBoard(
  network: LiveNetwork,
  held: readonly HeldRow[],
  capacity: readonly CapacityRow[],
): TenderBoard {
  const lots = new Map<number, Parameters<typeof stockPositions>[1][number]>();
  for (const { stock_id, warehouse_id, sku_id, expires_on, quantity } of held) {
    const available = (lots.get(stock_id)?.available ?? 0) + quantity;
    lots.set(stock_id, { stock_id, warehouse_id, sku_id, expires_on, available });
  }
  const board = openBoard(network.compiled, stockPositions(network, [...lots.values()]), capacity);
  take(board, holding(held, []));
  return board;
}

/** Puts on the board what a shipment holds: its units, and the capacity it would free. */
export function putOnBoard(
  board: TenderBoard,
  held: readonly HeldRow[],
  capacity: readonly Slot[],
): void {
  giveBack(board, holding(held, capacity));
}

/** Takes a shipment's units off the board again, with the capacity it has after all. */
export function takeOffBoard(
  board: TenderBoard,
  held: readonly HeldRow[],
  capacity: readonly Slot[],
): void {
  take(board, holding(held, capacity));
}

function holding(held: readonly HeldRow[], capacity: readonly Slot[]): Taken {
  const takes = held.map(({ line_no, stock_id, quantity }) => ({ line_no, stock_id, quantity }));
  return { parcels: [{ takes, capacity }] };
}
