/** `portolan decide`: decides orders from a file, offline. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Fault, Refusal } from '../domain/errors.ts';
import { instantOf } from '../domain/instants.ts';
import { MAX_FAULTS } from '../domain/network-faults.ts';
import {
  type DecidedFileOrder,
  decideFiles,
  readFileNetwork,
} from '../fulfillment/decide-files.ts';
import { type OrdersOfFile, readOrderFile } from '../fulfillment/read-order-file.ts';
import { readPriceFile } from '../fulfillment/read-price-file.ts';
import { systemClock } from '../runtime/clock.ts';
import { type Command, Trouble, UsageError } from './command.ts';

export const decide: Command = {
  parameters: '--network PATH… --orders FILE [--policy FILE] [--prices FILE] [--at INSTANT]',
  summary: 'decide orders from a file, offline: what if',
  help: `Decides the orders of a file, in its order, on a network and its opening stock from files, with the
code that decides in production and without a database. Prints one line of JSON per order and a sum on
the error output. Orders with faults are told there, by place and field, and left out; the others are
decided, and the exit code is 1.

  --network PATH   a network document, or a folder of it with stock.csv; may be given again
  --orders FILE    orders as platforms post them, rules too: a JSON array, or one a line
  --policy FILE    fields of a policy, as JSON, to lay over the network's; also a stored policy as
                   GET /v1/policies/{id} tells it
  --prices FILE    what scarce things are worth, as JSON, minor units: {"stock": [{"warehouse_id", "sku_id",
                   "price"}], "capacity": [{"resource", "slot_seconds", "price"}], "carriers":
                   [{"carrier_id", "zones", "price"}]}; none if it is not said. Costs are told without them
  --at INSTANT     as of when, RFC 3339; now if it is not said

  portolan decide --network examples/starter --orders orders.jsonl --policy dear-splits.json`,
  run: async (parameters, config) => {
    const options = readOptions(parameters);
    try {
      const policy = options.policy === undefined ? null : await readPolicy(options.policy);
      const network = await readFileNetwork(options.network, policy);
      const { orders, ...left } = await readOrderFile(options.orders, config);
      const prices = options.prices === undefined ? undefined : await readPriceFile(options.prices);
      const deciding = { at: options.at, work: config.solver_work_max, prices };
      tell(await decideFiles(network, orders, deciding), network.document.currency);
      if (left.refused === 0) return 0;
      tellFaults(left);
      return 1;
    } catch (error) {
      return explain(error);
    }
  },
};

function readOptions(parameters: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      network: { ...text, multiple: true },
      orders: text,
      policy: text,
      prices: text,
      at: text,
    },
  });
  const { network, orders, policy, prices, at } = values;
  if (network === undefined) throw new UsageError('name the network with --network');
  if (orders === undefined) throw new UsageError('name the orders with --orders');
  const instant = at === undefined ? systemClock.now() : readInstant(at);
  return { network, orders, policy, prices, at: instant };
}

function readInstant(text: string): Temporal.Instant {
  try {
    return Temporal.Instant.from(text);
  } catch {
    throw new UsageError(`--at: got ${text}, expected an RFC 3339 instant`);
  }
}

async function readPolicy(path: string): Promise<object> {
  let policy: unknown;
  try {
    policy = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Trouble(`${path} cannot be read as JSON: ${(error as Error).message}`);
  }
  const fields = isObject(policy) && 'policy_id' in policy ? policy.rules : policy;
  if (isObject(fields)) return fields;
  throw new Trouble(`${path} holds no policy, expected an object of its fields`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tell(decided: readonly DecidedFileOrder[], currency: string): void {
  let [sourced, parcels, cost] = [0, 0, 0];
  for (const { external_ref, result } of decided) {
    if (result.outcome === 'sourced') {
      sourced += 1;
      parcels += result.parcels.length;
      cost += result.cost;
      const promise_at = instantOf(result.promise_seconds).toString();
      process.stdout.write(`${JSON.stringify({ external_ref, promise_at, ...result })}\n`);
    } else process.stdout.write(`${JSON.stringify({ external_ref, ...result })}\n`);
  }
  process.stderr.write(
    `${sourced} of ${decided.length} orders sourced, ${parcels} parcels, cost ${cost} ${currency} ` +
      'in minor units\n',
  );
}

const faultLine = ({ pointer, detail }: Fault): string => `\n  ${pointer}: ${detail}`;

function tellFaults({ refused, faults }: Pick<OrdersOfFile, 'refused' | 'faults'>): void {
  const told = faults.slice(0, MAX_FAULTS).map(faultLine).join('');
  const more = faults.length > MAX_FAULTS ? `\n  and ${faults.length - MAX_FAULTS} more` : '';
  process.stderr.write(`${refused} orders have faults and were left out:${told}${more}\n`);
}

function explain(error: unknown): never {
  if (!(error instanceof Refusal)) throw error;
  throw new Trouble(`${error.message}${error.faults.map(faultLine).join('')}`, { cause: error });
}
