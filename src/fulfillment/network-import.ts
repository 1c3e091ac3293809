/**
 * IMPORT: a network from files, with its opening stock if there is any. Everything is checked before
 * anything is written; what a repeated import has done before is done once.
 */
import { inTransaction } from '../../db/database.ts';
import { unpackNetwork } from '../../db/network-document.ts';
import { findCurrentNetworkVersion, findPackedNetwork } from '../../db/networks.ts';
import { Refusal } from '../domain/errors.ts';
import type { Network } from '../domain/network.ts';
import { adjustStock } from './adjust-stock.ts';
import { type AppliedNetwork, applyNetwork } from './apply-network.ts';
import type { Engine } from './engine.ts';
import { openStockFile } from './network-csv-stock.ts';
import { checkNetworkFiles, openNetworkFiles } from './read-network-files.ts';

export interface ImportFiles {
  readonly paths: readonly string[];
  /** Who imports, as `role:party_id`. */
  readonly applied_by: string;
  readonly request_id: string;
}

export interface ImportedFiles {
  /** Null when the files hold stock alone. */
  readonly applied: AppliedNetwork | null;
  /** Rows of opening stock in the files, and those that an earlier import had posted already. */
  readonly stock_rows: number;
  readonly known_rows: number;
}

/**
 * Imports files: the network as a new version, then the stock as adjustments, one transaction each.
 * A crash in between is mended by importing again.
 *
 * @throws Refusal `invalid_network`, `network_orphans_work` or `network_missing`.
 */
export async function importFiles(engine: Engine, command: ImportFiles): Promise<ImportedFiles> {
  const files = await openNetworkFiles(command.paths);
  const isStockAlone = files.is_stock_alone && files.faults.length === 0;
  const document = isStockAlone ? await currentDocument(engine) : checkNetworkFiles(files);
  const stock = [];
  for (const path of files.stock_files) stock.push(await openStockFile(path, document));
  const { applied_by, request_id } = command;
  const applied = isStockAlone
    ? null
    : await applyNetwork(engine, { document, applied_by, request_id });
  let stock_rows = 0;
  let known_rows = 0;
  for (const file of stock) {
    for await (const adjustment of file.adjustments(request_id)) {
      const { status, adjusted_lines } = await adjustStock(engine, adjustment);
      stock_rows += adjusted_lines;
      if (status === 'duplicate') known_rows += adjusted_lines;
    }
  }
  return { applied, stock_rows, known_rows };
}

async function currentDocument(engine: Engine): Promise<Network> {
  const packed = await inTransaction(engine.database, async (tx) => {
    const version = await findCurrentNetworkVersion(tx);
    return version === null ? null : await findPackedNetwork(tx, version);
  });
  if (packed === null) throw new Refusal('network_missing', 'import a network before its stock');
  return await unpackNetwork(packed);
}
