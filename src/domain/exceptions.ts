/**
 * Exceptions: what the engine cannot settle by itself, each with an owner who must act. At most one
 * of a kind is open per shipment (or order, where no shipment is meant).
 */

/** Every kind of exception with what has happened and what the owner can do about it. */
export const EXCEPTIONS = {
  unfillable: 'No decision is possible. Mend the network or the order, then retry or cancel.',
  no_carrier: 'No carrier took the shipment; its units were put up for another decision.',
  short_pick: 'The warehouse did not find units it should have; they were written off.',
  late_delivery: 'The promised delivery has passed without a delivery.',
  disrupted:
    'A disruption on its route endangers the promise, and no other plan keeps it. Ends by itself.',
  lost: 'The carrier declares the shipment lost.',
  returned: 'The shipment came back to the sender.',
  carrier_cancelled: 'The carrier cancelled a shipment that it had accepted.',
  left_after_cancel: 'Goods left the warehouse for a shipment that was cancelled before.',
  tracking_conflict: 'A carrier reports another end than the one it reported before.',
} as const;

export type ExceptionKind = keyof typeof EXCEPTIONS;

/**
 * What an operator can do with an exception: decide again, cancel the order, note it as seen, or
 * declare the shipment lost, of which its carrier has nothing more to say.
 */
export const RESOLUTIONS = ['retry', 'cancel', 'close', 'declare_lost'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** An exception to open. */
export interface NewException {
  readonly exception_id: string;
  readonly kind: ExceptionKind;
  readonly order_id: string | null;
  readonly shipment_id: string | null;
  /** Who must act: `operator`, `warehouse:<id>` or `carrier:<id>`. */
  readonly owner: string;
  readonly reason: string;
  readonly detail: Record<string, unknown>;
  readonly opened_at: Temporal.Instant;
}
