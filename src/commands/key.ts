/** `portolan key create`: makes an API key for a party. */
import { parseArgs } from 'node:util';
import { Refusal } from '../domain/errors.ts';
import {
  type CreateKey,
  createKey,
  EVERY_PARTY,
  ROLE_SCOPES,
  type Role,
} from '../fulfillment/create-key.ts';
import { type Command, Trouble, UsageError } from './command.ts';
import { withEngine } from './one-shot.ts';

export const key: Command = {
  parameters: 'create --role ROLE --party PARTY [--label TEXT] [--scopes A,B]',
  summary: 'make an API key for a party',
  help: `Prints the key, which is stored as a hash only and never shown again.

  --role     ${Object.keys(ROLE_SCOPES).join(' | ')}
  --party    the party's id in the network; not needed for an operator
  --label    a word for the list of keys
  --scopes   a part of the role's scopes, separated by commas; all of them when left out`,
  run: async (parameters, config) => {
    const command = readCommand(parameters);
    return await withEngine(config, 'key', async (engine) => {
      const created = await createKey(engine, command).catch(explain);
      process.stdout.write(`${created.key}\n`);
      process.stderr.write(`key ${created.key_id} with scopes ${created.scopes.join(', ')}\n`);
      return 0;
    });
  },
};

function readCommand(parameters: readonly string[]): CreateKey {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...parameters],
    options: { role: text, party: text, label: text, scopes: text },
    allowPositionals: true,
  });
  if (positionals.join(' ') !== 'create') throw new UsageError('expected: key create');
  const roles = Object.keys(ROLE_SCOPES);
  if (values.role === undefined || !roles.includes(values.role)) {
    throw new UsageError(`--role: got ${values.role ?? 'nothing'}, expected ${roles.join(', ')}`);
  }
  const role = values.role as Role;
  const party_id = values.party ?? (role === 'operator' ? EVERY_PARTY : undefined);
  if (party_id === undefined) throw new UsageError(`--party: the id of the ${role}`);
  const scopes = values.scopes?.split(',') as CreateKey['scopes'];
  return { role, party_id, label: values.label, scopes };
}

function explain(error: unknown): never {
  if (error instanceof Refusal) throw new Trouble(error.message, { cause: error });
  throw error;
}
