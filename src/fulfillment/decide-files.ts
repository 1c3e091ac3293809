/**
 * What if: decides orders from a file on a network from files, with its opening stock, in file order
 * and without a database. The same library decides as in production; each order sees what the ones
 * before it took. Nothing is forecast here: prices are given, or there are none.
 */
import type { FreeStock } from '../../db/stock.ts';
import {
  compileNetwork,
  DAY_SECONDS,
  openBoard,
  type Prices,
  type SourcingOrder,
  type SourcingResult,
  type StockPosition,
  sourceAtPrices,
  take,
} from '../../routing/index.ts';
import { Refusal } from '../domain/errors.ts';
import { secondsOf } from '../domain/instants.ts';
import type { Network } from '../domain/network.ts';
import { validateNetwork } from '../domain/network-rules.ts';
import type { OrderInFile } from '../domain/order-body.ts';
import { stockPositions } from './decide-batch.ts';
import type { LiveNetwork } from './engine.ts';
import { openStockFile } from './network-csv-stock.ts';
import { sourcingRules } from './order-rules.ts';
import { checkNetworkFiles, openNetworkFiles } from './read-network-files.ts';

/** A network with its opening stock, read from files. */
export interface FileNetwork {
  readonly document: Network;
  readonly stock_files: readonly string[];
}

/**
 * Reads a network, with the fields of `policy` laid over its policy.
 *
 * @throws Refusal `invalid_network` with the faults.
 */
export async function readFileNetwork(
  paths: readonly string[],
  policy: object | null,
): Promise<FileNetwork> {
  const files = await openNetworkFiles(paths);
  const document = checkNetworkFiles(files);
  if (policy === null) return { document, stock_files: files.stock_files };
  const checked = validateNetwork({ ...document, policy: { ...document.policy, ...policy } });
  if ('faults' in checked) {
    throw new Refusal('invalid_network', 'the policy does not fit', checked.faults);
  }
  return { document: checked.network, stock_files: files.stock_files };
}

/** An order with what was decided for it. */
export interface DecidedFileOrder {
  readonly external_ref: string;
  readonly result: SourcingResult;
}

/** How orders are decided. */
export interface FileDeciding {
  readonly at: Temporal.Instant;
  /** Solver steps for each. */
  readonly work: number;
  /** Undefined = none: each order at its own least cost. */
  readonly prices?: Prices | undefined;
}

/** Decides every order. O(orders × one decision). */
export async function decideFiles(
  { document, stock_files }: FileNetwork,
  orders: readonly OrderInFile[],
  { at, work, prices }: FileDeciding,
): Promise<DecidedFileOrder[]> {
  const at_seconds = secondsOf(at);
  const from_seconds = Math.floor(at_seconds / DAY_SECONDS) * DAY_SECONDS;
  const network: LiveNetwork = {
    version: 0,
    transit_version: 0,
    disruption_no: 0,
    document,
    published: document,
    compiled: compileNetwork(document, { from_seconds }),
    skus: new Map(document.skus.map((sku) => [sku.id, sku])),
    warehouses: new Map(document.warehouses.map((warehouse) => [warehouse.id, warehouse])),
  };
  const board = openBoard(network.compiled, await readStock(network, stock_files), []);
  return orders.map((order) => {
    const problem = problemOf(order, at_seconds);
    const result = sourceAtPrices(network.compiled, board, problem, { work }, prices);
    if (result.outcome === 'sourced') take(board, result);
    return { external_ref: order.external_ref, result };
  });
}

function problemOf(
  { destination, lines, deliver_by, rules: asked }: OrderInFile,
  at_seconds: number,
): SourcingOrder {
  const { groupOf, ...rules } = sourcingRules(asked);
  const { country, postal_code, position } = destination;
  const problem = {
    at_seconds,
    destination: { country, postal_code, position },
    lines: lines.map((line) => ({ ...line, ...groupOf(line.line_no) })),
    ...rules,
  };
  if (deliver_by === undefined) return problem;
  return { ...problem, deliver_by_seconds: secondsOf(Temporal.Instant.from(deliver_by)) };
}

/** Opening stock as routing sees it; lots are numbered as they come. */
async function readStock(
  network: LiveNetwork,
  stock_files: readonly string[],
): Promise<StockPosition[]> {
  const rows: FreeStock[] = [];
  for (const path of stock_files) {
    const file = await openStockFile(path, network.document);
    for await (const { warehouse_id, lines } of file.adjustments('what-if')) {
      for (const { sku_id, on_hand, expires_on } of lines) {
        const stock_id = rows.length + 1;
        rows.push({
          stock_id,
          warehouse_id,
          sku_id,
          available: on_hand ?? 0,
          expires_on: expires_on ?? null,
        });
      }
    }
  }
  return stockPositions(network, rows);
}
