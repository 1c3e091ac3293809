/**
 * RECEIVE: a warehouse counts goods in, against a notice or unannounced. Sellable units are free at
 * once, and wake the orders that wait for them; damaged and quarantined units are kept apart.
 */
import { type DecisionBudgets, wakeBackorders } from '../../db/backorders.ts';
import { inTransaction, type Tx } from '../../db/database.ts';
import {
  findReceipt,
  insertReceipt,
  listNoticeLines,
  lockNotice,
  type NoticeRow,
  saveNotice,
} from '../../db/inbound.ts';
import { appendEvents, type NewEvent } from '../../db/journal.ts';
import { hexBytes } from '../../db/rows.ts';
import { type CountedLot, lotKey, openLots, setLotExpiry } from '../../db/stock-counts.ts';
import { moveStock } from '../../db/units.ts';
import type { ReceiveInbound } from '../domain/commands.ts';
import { Refusal } from '../domain/errors.ts';
import { type MatchedLine, matchReceipt, type NoticeLine, outstanding } from '../domain/inbound.ts';
import type { LedgerEntry } from '../domain/units.ts';
import { decisionBudgets } from './decision-budget.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { hashOf } from './part-events.ts';
import {
  type BalanceChange,
  datesOfLots,
  networkNow,
  refuseOverflow,
  refuseUnknown,
} from './stock-faults.ts';

/** A posted line with what is known of its SKU. */
interface Line {
  readonly sku_id: string;
  readonly seller_id: string;
  readonly lot: string;
  readonly expires_on?: string | undefined;
  readonly quantity: number;
  readonly damaged: number;
  readonly quarantined: number;
}

/** What a receipt came to. `over` units are accepted and flagged; so are unannounced ones. */
export interface ReceivedInbound {
  readonly status: 'applied' | 'duplicate';
  readonly warehouse_id: string;
  readonly receipt_ref: string;
  readonly notice: { readonly reference: string; readonly state: string } | null;
  readonly lines: readonly (Omit<Line, 'seller_id' | 'expires_on'> & MatchedLine)[];
  /** What a closed notice had announced and never came. */
  readonly missing: readonly { line_no: number; sku_id: string; quantity: number }[];
  /** Backordered orders that go to a new decision. */
  readonly woken_orders: number;
}

type Answer = Omit<ReceivedInbound, 'status'>;

/**
 * Counts a receipt in, whole or not at all. Idempotent by (warehouse, receipt_ref): the same again
 * gets the same answer, another body is refused. Locks the notice, then woken orders by id, then
 * lots by id. Throws `unknown_reference`, `invalid_request` or `event_conflict`.
 */
export async function receiveInbound(
  engine: Engine,
  command: ReceiveInbound,
): Promise<ReceivedInbound> {
  const network = await networkNow(engine);
  refuseUnknown(network, command.warehouse_id, command.lines);
  const lines = linesOf(network, command);
  const body_hash = hashOf([command.notice_reference, command.final === true, lines]);
  const budgets = await decisionBudgets(engine);
  return await inTransaction(engine.database, async (tx) => {
    const known = await findReceipt(tx, command.warehouse_id, command.receipt_ref);
    if (known !== null) {
      if (known.body_hash.equals(body_hash)) {
        return { status: 'duplicate', ...(known.answer as Answer) };
      }
      const detail = `receipt ${command.receipt_ref} was posted before with another body`;
      throw new Refusal('event_conflict', detail, [{ pointer: '/receipt_ref', detail }]);
    }
    const notice = await noticeOf(tx, command);
    const answer = await countIn(engine, tx, { command, lines, notice, budgets });
    await insertReceipt(tx, {
      warehouse_id: command.warehouse_id,
      receipt_ref: command.receipt_ref,
      body_hash: hexBytes(body_hash),
      notice_id: notice?.notice_id ?? null,
      lines: answer,
      received_at: engine.clock.now(),
    });
    return { status: 'applied', ...answer };
  });
}

interface Receipt {
  readonly command: ReceiveInbound;
  readonly lines: readonly Line[];
  readonly notice: NoticeRow | null;
  readonly budgets: DecisionBudgets;
}

async function countIn(engine: Engine, tx: Tx, receipt: Receipt): Promise<Answer> {
  const { command, lines, notice, budgets } = receipt;
  const { warehouse_id, receipt_ref, request_id } = command;
  const at = engine.clock.now();
  const announced = notice === null ? [] : await listNoticeLines(tx, notice.notice_id);
  const before = announced.map((line) => ({ ...line }));
  const isOpen = notice?.state === 'open';
  const matched = matchReceipt(announced, lines);
  const closes = isOpen && (command.final === true || announced.every((l) => outstanding(l) === 0));
  const missing = closes ? missingOf(announced) : [];
  // Orders are locked before lots: whoever waits for these units is woken first.
  const woken = await wakeBackorders(tx, lines, { at, budgets, request_id });
  const gone = isOpen ? [...matched.arrived, ...missing] : [];
  const seller = notice?.seller_id ?? '';
  const lots = await openLots(tx, [
    ...lines.map(({ sku_id, seller_id, lot }) => ({ warehouse_id, sku_id, seller_id, lot })),
    ...gone.map(({ sku_id, lot }) => ({ warehouse_id, sku_id, seller_id: seller, lot })),
  ]);
  refuseOverflow(lines.flatMap((line, index) => changesOf(line, index, lots)));
  await setLotExpiry(tx, datesOfLots(lines, lots));
  await moveStock(tx, entriesOf({ lines, gone, seller, lots, reference: receipt_ref }), at);
  const state = notice === null ? null : closes ? 'received' : notice.state;
  const answer: Answer = {
    warehouse_id,
    receipt_ref,
    notice: notice === null ? null : { reference: notice.reference, state: state! },
    lines: lines.map(({ seller_id: _seller, expires_on: _day, ...line }, index) => ({
      ...line,
      ...matched.lines[index]!,
    })),
    missing: missing.map(({ line_no, sku_id, quantity }) => ({ line_no, sku_id, quantity })),
    woken_orders: woken.length,
  };
  if (notice !== null) {
    const changed = announced.filter((line, index) => line.received !== before[index]!.received);
    await saveNotice(tx, notice.notice_id, answer.notice!.state as NoticeRow['state'], changed);
  }
  await appendEvents(tx, eventsOf(receipt, answer, at, closes));
  return answer;
}

async function noticeOf(tx: Tx, command: ReceiveInbound): Promise<NoticeRow | null> {
  const { notice_reference, warehouse_id } = command;
  if (notice_reference === undefined) return null;
  const notice = await lockNotice(tx, warehouse_id, notice_reference);
  if (notice !== null) return notice;
  const detail = `got ${JSON.stringify(notice_reference)}, expected a notice of this warehouse`;
  throw new Refusal('unknown_reference', detail, [{ pointer: '/notice_reference', detail }]);
}

function linesOf(network: LiveNetwork, { lines }: ReceiveInbound): Line[] {
  return lines.map(({ sku_id, lot, expires_on, quantity, damaged, quarantined }) => ({
    sku_id,
    seller_id: network.skus.get(sku_id)!.seller_id,
    lot: lot ?? '',
    ...(expires_on === undefined ? {} : { expires_on }),
    quantity,
    damaged: damaged ?? 0,
    quarantined: quarantined ?? 0,
  }));
}

function missingOf(announced: readonly NoticeLine[]) {
  return announced
    .filter((line) => outstanding(line) > 0)
    .map((line) => ({ ...line, quantity: outstanding(line) }));
}

function changesOf(
  { sku_id, seller_id, lot, quantity, damaged, quarantined }: Line,
  index: number,
  lots: ReadonlyMap<string, CountedLot>,
): BalanceChange[] {
  const counted = lots.get(lotKey(sku_id, seller_id, lot))!;
  const of = (name: string, balance: BalanceChange['balance'], units: number) => ({
    ...{ lot: counted, balance, units, pointer: `/lines/${index}/${name}` },
  });
  return [
    of('quantity', 'on_hand', quantity),
    of('damaged', 'damaged', damaged),
    of('quarantined', 'quarantined', quarantined),
  ];
}

/** Counted units come in; units that were expected are incoming no more. */
function entriesOf(counted: {
  lines: readonly Line[];
  gone: readonly { sku_id: string; lot: string; quantity: number }[];
  seller: string;
  lots: ReadonlyMap<string, CountedLot>;
  reference: string;
}): LedgerEntry[] {
  const { lines, gone, seller, lots, reference } = counted;
  const stockOf = (sku_id: string, seller_id: string, lot: string) =>
    lots.get(lotKey(sku_id, seller_id, lot))!.stock_id;
  return [
    ...lines.map(({ sku_id, seller_id, lot, quantity, damaged, quarantined }) => ({
      stock_id: stockOf(sku_id, seller_id, lot),
      kind: 'receipt' as const,
      ...{ on_hand: quantity, damaged, quarantined, reference },
    })),
    ...gone.map(({ sku_id, lot, quantity }) => ({
      stock_id: stockOf(sku_id, seller, lot),
      kind: 'receipt' as const,
      ...{ incoming: -quantity, reference },
    })),
  ];
}

function eventsOf(
  { command, notice }: Receipt,
  answer: Answer,
  at: Temporal.Instant,
  closes: boolean,
): NewEvent[] {
  const { warehouse_id, receipt_ref, request_id } = command;
  const sum = (of: (line: Answer['lines'][number]) => number) =>
    answer.lines.reduce((total, line) => total + of(line), 0);
  const data = {
    receipt_ref,
    notice_reference: notice?.reference ?? null,
    lines: answer.lines.length,
    quantity: sum((line) => line.quantity),
    damaged: sum((line) => line.damaged),
    quarantined: sum((line) => line.quarantined),
    over: notice === null ? 0 : sum((line) => line.over),
    woken_orders: answer.woken_orders,
  };
  const told = { at, warehouse_id, seller_id: notice?.seller_id ?? null, request_id };
  const entity_id = `receipt ${warehouse_id} ${receipt_ref}`;
  const receipt: NewEvent = {
    ...{ entity: 'receipt', entity_id, version: 1, type: 'stock.received', data },
    ...told,
  };
  if (notice === null) return [receipt];
  const state = answer.notice!.state;
  return [
    receipt,
    {
      ...{ entity: 'notice', entity_id: notice.notice_id, version: notice.version + 1 },
      ...{ type: closes ? 'inbound.closed' : 'inbound.received' },
      ...told,
      data: { state, receipt_ref, missing: answer.missing },
    },
  ];
}
