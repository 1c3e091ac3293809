/** Reservations: units of a line set aside in a lot, for a shipment or for a quote. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { insertRows } from './rows.ts';

/** A new open reservation; for a shipment of an order, or for a quote. */
export interface NewReservation {
  readonly stock_id: number;
  readonly order_id?: string;
  readonly shipment_id?: string;
  readonly quote_id?: string;
  readonly line_no: number;
  readonly quantity: number;
}

/**
 * Inserts open reservations, all for shipments or all for a quote; the stock they hold must be
 * reserved in the same transaction.
 */
export async function insertReservations(
  tx: Tx,
  reservations: readonly NewReservation[],
): Promise<void> {
  await insertRows(tx, 'reservations', reservations, { state: 'open' });
}

/** Units that a closed reservation gave up. */
export interface ClosedReservation {
  readonly stock_id: number;
  readonly shipment_id: string | null;
  readonly quote_id: string | null;
  readonly quantity: number;
  readonly picked: number;
}

/** Closes the open reservations of these shipments and returns what they held. */
export async function releaseReservationsOfShipments(
  tx: Tx,
  shipmentIds: readonly string[],
): Promise<ClosedReservation[]> {
  if (shipmentIds.length === 0) return [];
  const rows = await sql<ClosedReservation>`
    update reservations set state = 'released'
    where shipment_id = any(${shipmentIds}::uuid[]) and state = 'open'
    returning stock_id, shipment_id, quote_id, quantity, picked`.execute(tx);
  return rows.rows;
}

/** Closes the open reservations of these quotes and returns what they held. */
export async function closeReservationsOfQuotes(
  tx: Tx,
  quoteIds: readonly string[],
  state: 'released' | 'expired',
): Promise<ClosedReservation[]> {
  if (quoteIds.length === 0) return [];
  const rows = await sql<ClosedReservation>`
    update reservations set state = ${state}
    where quote_id = any(${quoteIds}::uuid[]) and state = 'open'
    returning stock_id, shipment_id, quote_id, quantity, picked`.execute(tx);
  return rows.rows;
}
