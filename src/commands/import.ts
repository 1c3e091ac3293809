/** `portolan import`: applies a network from files, with its opening stock. */
import { Refusal } from '../domain/errors.ts';
import { EVERY_PARTY } from '../fulfillment/create-key.ts';
import { type ImportedFiles, importFiles } from '../fulfillment/network-import.ts';
import { type Command, Trouble, UsageError } from './command.ts';
import { withEngine } from './one-shot.ts';

export const importNetwork: Command = {
  parameters: 'FILE…',
  summary: 'apply a network: one JSON document, or a CSV per table; and opening stock',
  help: `Checks the whole network and applies it as a new version, or reports every fault by its place
and changes nothing. Running processes take the new version over within a second. A stock.csv among
the files is posted as stock adjustments afterwards; importing a file again counts once.

  portolan import network.json
  portolan import warehouses.csv carriers.csv services.csv …
  portolan import stock.csv`,
  run: async (parameters, config) => {
    if (parameters.length === 0) throw new UsageError('name at least one file');
    return await withEngine(config, 'import', async (engine) => {
      const applied_by = `operator:${EVERY_PARTY}`;
      const command = { paths: parameters, applied_by, request_id: engine.newId() };
      tell(await importFiles(engine, command).catch(explain));
      return 0;
    });
  },
};

function tell({ applied, stock_rows, known_rows }: ImportedFiles): void {
  for (const warning of applied?.warnings ?? []) process.stderr.write(`warning: ${warning}\n`);
  if (applied !== null) {
    const word = applied.changed ? 'applied as' : 'is already';
    process.stdout.write(`the network ${word} version ${applied.version}\n`);
  }
  if (stock_rows === 0) return;
  const known = known_rows === 0 ? '' : `, ${known_rows} of them by an earlier import`;
  process.stdout.write(`${stock_rows} rows of opening stock are posted${known}\n`);
}

function explain(error: unknown): never {
  if (!(error instanceof Refusal)) throw error;
  const faults = error.faults.map(({ pointer, detail }) => `\n  ${pointer}: ${detail}`);
  throw new Trouble(`${error.message}${faults.join('')}`, { cause: error });
}
