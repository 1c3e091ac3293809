/** Commands with sensible defaults: a test names only what matters to it. */
import type { AcceptOrder, ReceiveInbound } from '../../src/domain/commands.ts';
import type { OrderLine } from '../../src/domain/order.ts';

let serial = 0;

/** An id that no other call of this process gives. */
export function aReference(prefix: string): string {
  serial += 1;
  return `${prefix}-${serial}`;
}

/** One mug for Amsterdam, ordered by the platform `shop`. */
export function anOrder(changes: Partial<AcceptOrder> = {}): AcceptOrder {
  return {
    platform_id: 'shop',
    external_ref: aReference('order'),
    destination: { postal_code: '1011AB', country: 'NL' },
    lines: [aLine()],
    request_id: aReference('request'),
    ...changes,
  };
}

/** One unit of `mug` as line 1. */
export function aLine(changes: Partial<OrderLine> = {}): OrderLine {
  return { line_no: 1, sku_id: 'mug', quantity: 1, ...changes };
}

/** Lines 1, 2, … of these SKUs and quantities. */
export function lines(...units: readonly (readonly [sku_id: string, quantity: number])[]) {
  return units.map(([sku_id, quantity], index) => aLine({ line_no: index + 1, sku_id, quantity }));
}

/** Ten mugs counted in at Rotterdam, unannounced. */
export function aReceipt(changes: Partial<ReceiveInbound> = {}): ReceiveInbound {
  return {
    warehouse_id: 'rotterdam',
    receipt_ref: aReference('receipt'),
    lines: [{ sku_id: 'mug', quantity: 10 }],
    request_id: aReference('request'),
    ...changes,
  };
}
