/** ADJUST: a warehouse corrects what its books say, by difference. Found units wake orders. */
import { wakeBackorders } from '../../db/backorders.ts';
import { inTransaction, type Tx } from '../../db/database.ts';
import { appendEvents } from '../../db/journal.ts';
import {
  type CountedLot,
  findAdjustment,
  lotKey,
  openLots,
  setLotExpiry,
} from '../../db/stock-counts.ts';
import { moveStock } from '../../db/units.ts';
import type { AdjustStock } from '../domain/commands.ts';
import { type Fault, Refusal } from '../domain/errors.ts';
import { decisionBudgets } from './decision-budget.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { hashOf } from './part-events.ts';
import {
  datesOfLots,
  networkNow,
  refuseFaults,
  refuseOverflow,
  refuseUnknown,
} from './stock-faults.ts';

/** A posted line with what is known of its SKU. */
interface Line {
  readonly sku_id: string;
  readonly seller_id: string;
  readonly lot: string;
  readonly expires_on?: string | undefined;
  readonly on_hand: number;
  readonly damaged: number;
  readonly quarantined: number;
  readonly reason: string;
}

/** An adjustment that stands. */
export interface AdjustedStock {
  readonly status: 'applied' | 'duplicate';
  readonly warehouse_id: string;
  readonly adjustment_ref: string;
  readonly adjusted_lines: number;
}

/**
 * Adjusts stock, all lines or none. Idempotent by (warehouse, adjustment_ref): the same again is a
 * duplicate, another body is refused. A line that would take units below what is set aside, or a
 * balance below zero, refuses the whole with its place. Locks the reference, then woken orders by
 * id, then lots by id. Throws `unknown_reference`, `not_enough_stock`, `invalid_request` or
 * `event_conflict`.
 */
export async function adjustStock(engine: Engine, command: AdjustStock): Promise<AdjustedStock> {
  const network = await networkNow(engine);
  const { warehouse_id, adjustment_ref, request_id } = command;
  refuseUnknown(network, warehouse_id, command.lines);
  const lines = linesOf(network, command);
  const body_hash = hashOf(lines).toString('hex');
  const entity_id = `adjustment ${warehouse_id} ${adjustment_ref}`;
  const told = { warehouse_id, adjustment_ref, adjusted_lines: lines.length };
  const budgets = await decisionBudgets(engine);
  return await inTransaction(engine.database, async (tx) => {
    const known = await findAdjustment(tx, entity_id);
    if (known !== null) {
      if (known.body_hash === body_hash) return { status: 'duplicate', ...told };
      const detail = `adjustment ${adjustment_ref} was posted before with another body`;
      throw new Refusal('event_conflict', detail, [{ pointer: '/adjustment_ref', detail }]);
    }
    const at = engine.clock.now();
    await wakeBackorders(tx, found(lines), { at, budgets, request_id });
    await correct(tx, command, lines, at);
    await appendEvents(tx, [
      {
        ...{ entity: 'adjustment', entity_id, version: 1, type: 'stock.adjusted', at },
        ...{ warehouse_id, request_id },
        data: { adjustment_ref, body_hash, lines: lines.length },
      },
    ]);
    return { status: 'applied', ...told };
  });
}

async function correct(
  tx: Tx,
  { warehouse_id, adjustment_ref }: AdjustStock,
  lines: readonly Line[],
  at: Temporal.Instant,
): Promise<void> {
  const lots = await openLots(
    tx,
    lines.map(({ sku_id, seller_id, lot }) => ({ warehouse_id, sku_id, seller_id, lot })),
  );
  refuseFaults('not_enough_stock', shortages(lines, lots));
  refuseOverflow(
    lines.flatMap((line, at) =>
      BALANCES.map((balance) => ({
        lot: lots.get(lotKey(line.sku_id, line.seller_id, line.lot))!,
        ...{ balance, units: line[balance], pointer: `/lines/${at}/${balance}` },
      })),
    ),
  );
  await setLotExpiry(tx, datesOfLots(lines, lots));
  const entries = lines.map(
    ({ sku_id, seller_id, lot, on_hand, damaged, quarantined, reason }) => ({
      stock_id: lots.get(lotKey(sku_id, seller_id, lot))!.stock_id,
      kind: 'adjust' as const,
      ...{ on_hand, damaged, quarantined, reason, reference: adjustment_ref },
    }),
  );
  await moveStock(tx, entries, at);
}

/** What an adjustment may correct. */
const BALANCES = ['on_hand', 'damaged', 'quarantined'] as const;

/** Lines after which a lot would hold less than is set aside, or less than nothing. */
function shortages(lines: readonly Line[], lots: ReadonlyMap<string, CountedLot>): Fault[] {
  const faults: Fault[] = [];
  const after = new Map([...lots].map(([key, lot]) => [key, { ...lot }]));
  for (const { sku_id, seller_id, lot, on_hand, damaged, quarantined } of lines) {
    const balance = after.get(lotKey(sku_id, seller_id, lot))!;
    Object.assign(balance, {
      on_hand: balance.on_hand + on_hand,
      damaged: balance.damaged + damaged,
      quarantined: balance.quarantined + quarantined,
    });
  }
  lines.forEach((line, index) => {
    const balance = after.get(lotKey(line.sku_id, line.seller_id, line.lot))!;
    const least = { on_hand: balance.reserved, damaged: 0, quarantined: 0 };
    for (const name of BALANCES) {
      if (line[name] >= 0 || balance[name] >= least[name]) continue;
      const left = `leaves ${balance[name]}, expected at least ${least[name]} to stay`;
      const detail = `got ${line[name]}, which ${left}`;
      faults.push({ pointer: `/lines/${index}/${name}`, detail });
    }
  });
  return faults;
}

/** Units that become sellable, net, by SKU. */
function found(lines: readonly Line[]): { sku_id: string; quantity: number }[] {
  const net = new Map<string, number>();
  for (const { sku_id, on_hand } of lines) net.set(sku_id, (net.get(sku_id) ?? 0) + on_hand);
  return [...net].map(([sku_id, quantity]) => ({ sku_id, quantity }));
}

function linesOf(network: LiveNetwork, { lines }: AdjustStock): Line[] {
  return lines.map(({ sku_id, lot, expires_on, on_hand, damaged, quarantined, reason }) => ({
    sku_id,
    seller_id: network.skus.get(sku_id)!.seller_id,
    lot: lot ?? '',
    ...(expires_on === undefined ? {} : { expires_on }),
    on_hand: on_hand ?? 0,
    damaged: damaged ?? 0,
    quarantined: quarantined ?? 0,
    reason,
  }));
}
