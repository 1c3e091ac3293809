/** ANNOUNCE: a seller or a warehouse says that goods are on their way. They count as incoming. */
import { inTransaction, type Tx } from '../../db/database.ts';
import {
  insertNotice,
  listNoticeLines,
  lockNotice,
  type NewNotice,
  type NoticeRow,
} from '../../db/inbound.ts';
import { appendEvents } from '../../db/journal.ts';
import { type CountedLot, lotKey, openLots } from '../../db/stock-counts.ts';
import { moveStock } from '../../db/units.ts';
import type { AnnounceInbound } from '../domain/commands.ts';
import { type Fault, Refusal } from '../domain/errors.ts';
import type { NoticeLine } from '../domain/inbound.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { networkNow, refuseFaults, refuseOverflow, refuseUnknown } from './stock-faults.ts';

/** A notice as announced. */
export interface AnnouncedNotice {
  readonly status: 'applied' | 'duplicate';
  readonly notice_id: string;
  readonly warehouse_id: string;
  readonly seller_id: string;
  readonly reference: string;
  readonly state: string;
  readonly expected_at: Temporal.Instant | null;
  readonly lines: readonly NoticeLine[];
}

/**
 * Stores a notice and counts its units as incoming, whole or not at all. Idempotent by (warehouse,
 * reference): the same again answers the notice as it stands now, another body is refused. Throws
 * `unknown_reference`, `invalid_request` or `event_conflict`.
 */
export async function announceInbound(
  engine: Engine,
  command: AnnounceInbound,
): Promise<AnnouncedNotice> {
  const network = await networkNow(engine);
  refuseUnknown(network, command.warehouse_id, command.lines);
  refuseFaults('unknown_reference', sellerFaults(network, command));
  refuseFaults('invalid_request', lineFaults(command));
  return await inTransaction(engine.database, async (tx) => {
    const notice: NewNotice = {
      notice_id: engine.newId(),
      seller_id: command.seller_id,
      warehouse_id: command.warehouse_id,
      reference: command.reference,
      expected_at: command.expected_at ?? null,
      created_at: engine.clock.now(),
    };
    const lines = linesOf(command);
    if (!(await insertNotice(tx, notice, lines))) return await answerAgain(tx, command);
    await countIncoming(tx, notice, lines, command.request_id);
    const { created_at: _, ...told } = notice;
    return { status: 'applied', ...told, state: 'open', lines };
  });
}

async function countIncoming(
  tx: Tx,
  notice: NewNotice,
  lines: readonly NoticeLine[],
  request_id: string,
): Promise<void> {
  const { warehouse_id, seller_id, reference, notice_id, created_at } = notice;
  const lots = await openLots(
    tx,
    lines.map(({ sku_id, lot }) => ({ warehouse_id, sku_id, seller_id, lot })),
  );
  const lotOf = ({ sku_id, lot }: NoticeLine): CountedLot =>
    lots.get(lotKey(sku_id, seller_id, lot))!;
  refuseOverflow(
    lines.map((line, at) => ({
      lot: lotOf(line),
      ...{ balance: 'incoming', units: line.expected, pointer: `/lines/${at}/quantity` },
    })),
  );
  const entries = lines.map((line) => ({
    stock_id: lotOf(line).stock_id,
    kind: 'notice' as const,
    incoming: line.expected,
    reference,
  }));
  await moveStock(tx, entries, created_at);
  await appendEvents(tx, [
    {
      entity: 'notice',
      entity_id: notice_id,
      version: 1,
      type: 'inbound.announced',
      at: created_at,
      warehouse_id,
      seller_id,
      data: { state: 'open', reference, lines: lines.length, expected_at: notice.expected_at },
      request_id,
    },
  ]);
}

async function answerAgain(tx: Tx, command: AnnounceInbound): Promise<AnnouncedNotice> {
  const notice = (await lockNotice(tx, command.warehouse_id, command.reference))!;
  const lines = await listNoticeLines(tx, notice.notice_id);
  if (bodyOf(notice, lines) !== bodyOf(noticeOf(command), linesOf(command))) {
    const detail = `notice ${command.reference} was announced before with another body`;
    throw new Refusal('event_conflict', detail, [{ pointer: '/reference', detail }]);
  }
  const { version: _, ...told } = notice;
  return { status: 'duplicate', ...told, lines };
}

function noticeOf({ seller_id, expected_at }: AnnounceInbound) {
  return { seller_id, expected_at: expected_at ?? null };
}

/** What makes two notices the same: seller, date and lines, in any order of lines. */
function bodyOf(
  { seller_id, expected_at }: Pick<NoticeRow, 'seller_id' | 'expected_at'>,
  lines: readonly NoticeLine[],
): string {
  const told = lines.map(({ line_no, sku_id, lot, expected }) => [line_no, sku_id, lot, expected]);
  return JSON.stringify([seller_id, expected_at?.epochMilliseconds ?? null, told]);
}

function linesOf(command: AnnounceInbound): NoticeLine[] {
  return command.lines
    .map(({ line_no, sku_id, lot, quantity }) => ({
      line_no,
      sku_id,
      lot: lot ?? '',
      expected: quantity,
      received: 0,
      damaged: 0,
    }))
    .sort((a, b) => a.line_no - b.line_no);
}

function sellerFaults(network: LiveNetwork, { seller_id, lines }: AnnounceInbound): Fault[] {
  return lines.flatMap(({ sku_id }, at) => {
    if (network.skus.get(sku_id)?.seller_id === seller_id) return [];
    const detail = `got ${JSON.stringify(sku_id)}, expected a SKU of seller ${seller_id}`;
    return [{ pointer: `/lines/${at}/sku_id`, detail }];
  });
}

function lineFaults({ lines }: AnnounceInbound): Fault[] {
  const seen = new Set<number>();
  return lines.flatMap(({ line_no }, at) => {
    const isRepeated = seen.has(line_no);
    seen.add(line_no);
    if (!isRepeated) return [];
    const detail = `got ${line_no} twice, expected each line number once`;
    return [{ pointer: `/lines/${at}/line_no`, detail }];
  });
}
