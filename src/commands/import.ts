/** `portolan import`: applies a network from files. */
import { Refusal } from '../domain/errors.ts';
import { applyNetwork } from '../fulfillment/apply-network.ts';
import { EVERY_PARTY } from '../fulfillment/create-key.ts';
import { readNetworkFiles } from '../fulfillment/read-network-files.ts';
import { type Command, Trouble, UsageError } from './command.ts';
import { withEngine } from './one-shot.ts';

export const importNetwork: Command = {
  parameters: 'FILE…',
  summary: 'apply a network: one JSON document, or a CSV per table',
  help: `Checks the whole network and applies it as a new version, or reports every fault by its place
and changes nothing. Running processes take the new version over within a second.

  portolan import network.json
  portolan import warehouses.csv carriers.csv services.csv …`,
  run: async (parameters, config) => {
    if (parameters.length === 0) throw new UsageError('name at least one file');
    const document = await readNetworkFiles([...parameters]);
    return await withEngine(config, 'import', async (engine) => {
      const applied_by = `operator:${EVERY_PARTY}`;
      const applied = await applyNetwork(engine, { document, applied_by }).catch(explain);
      for (const warning of applied.warnings) process.stderr.write(`warning: ${warning}\n`);
      const { version, changed } = applied;
      const word = changed ? 'applied as' : 'is already';
      process.stdout.write(`the network ${word} version ${version}\n`);
      return 0;
    });
  },
};

function explain(error: unknown): never {
  if (!(error instanceof Refusal)) throw error;
  const faults = error.faults.map(({ pointer, detail }) => `\n  ${pointer}: ${detail}`);
  throw new Trouble(`${error.message}${faults.join('')}`, { cause: error });
}
