/** `portolan demo`: a whole network alive, on an engine and a database of its own. */
import { parseArgs } from 'node:util';
import type { Config } from '../runtime/config.ts';
import { createLog, type Logger } from '../runtime/log.ts';
import { type Command, UsageError } from './command.ts';
import { type DemoOptions, demoConfig, openDemo } from './demo-engine.ts';
import { type Outcome, readOutcome } from './demo-outcome.ts';
import { readCount } from './options.ts';
import { MOST_ORDERS, MOST_SEED, ORDERS_PER_DAY } from './simulate.ts';
import { type Ending, type Opened, runServer } from './stopping.ts';

/** Seconds of the demo per second, at most: a day a minute; what the machine can when nobody watches. */
const SPEED = 1_440;
const SPEED_TO_THE_END = 10_000;

export const demo: Command = {
  parameters: '[--orders N [--exit]] [--seed N] [--scale N] [--speed N] [--per-day N]',
  summary: 'show a whole network at work: engine, database, shops, warehouses, carriers',
  help: `Makes a network of Korea with 64 warehouses, 316 carriers and 5,000 SKUs, fills the shelves, and
lets everybody work on a clock that is faster than yours: about a day a minute. It has a database of
its own under PORTOLAN_DATA_DIR/demo, which is emptied at every start; DATABASE_URL and REDIS_URL are
left alone. Ctrl-C ends it.

  --orders   place so many orders; on and on when left out
  --exit     end when all of these orders are over, run the auditor, and print one line of JSON last;
             the exit code is 0 only if every order is accounted for and the audit is clean
  --seed     what all chance follows from; the same seed tells the same story; 1
  --scale    so many times as many warehouses, carriers, SKUs and sellers; 1 to 20; 1
  --speed    seconds of the demo per second; ${SPEED}, with --exit ${SPEED_TO_THE_END}
  --per-day  orders on an average day of the demo; ${ORDERS_PER_DAY}, or all --orders within a day

  portolan demo
  portolan demo --orders 500 --exit`,
  run: async (parameters, given) => {
    const options = readOptions(parameters);
    const config = demoConfig(given, options.speed);
    const log = createLog(config, 'demo', process.stderr);
    const printed: { outcome?: Outcome } = {};
    const code = await runServer(config, log, (opened) =>
      runDemo({ config, log, opened, options, printed }),
    );
    // After all else has stopped and said what it had to say: the last line.
    if (printed.outcome !== undefined) {
      process.stdout.write(`${JSON.stringify(printed.outcome)}\n`);
    }
    return code;
  },
};

function readOptions(parameters: readonly string[]): DemoOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      ...{ orders: text, seed: text, scale: text, speed: text, 'per-day': text },
      exit: { type: 'boolean' },
    },
  });
  const orders = readCount('orders', values.orders, { max: MOST_ORDERS }) ?? null;
  const exits = values.exit === true;
  if (exits && orders === null) throw new UsageError('--exit: say after how many --orders');
  const per_day = readCount('per-day', values['per-day'], { max: 10_000_000 });
  const speed =
    readCount('speed', values.speed, { max: 10_000 }) ?? (exits ? SPEED_TO_THE_END : SPEED);
  return {
    orders,
    exits,
    seed: readCount('seed', values.seed, { min: 0, max: MOST_SEED }) ?? 1,
    scale: readCount('scale', values.scale, { max: 20 }) ?? 1,
    speed,
    orders_per_day: per_day ?? Math.min(orders ?? ORDERS_PER_DAY, MOST_ORDERS_PER_DAY),
  };
}

/** All orders come within a day, as far as the shelves of the network are made for so many. */
const MOST_ORDERS_PER_DAY = 5_000;

interface Run {
  readonly config: Config;
  readonly log: Logger;
  readonly opened: Opened;
  readonly options: DemoOptions;
  readonly printed: { outcome?: Outcome };
}

async function runDemo({ config, log, opened, options, printed }: Run): Promise<Ending> {
  const { engine, simulated } = await openDemo(config, log, opened, options);
  const finished = simulated.then(async (): Promise<number> => {
    if (!options.exits) {
      process.stderr.write('  all orders are over; the engine goes on. Ctrl-C ends it.\n');
      return await new Promise<number>(() => {});
    }
    const outcome = await readOutcome(engine, process.stderr);
    printed.outcome = outcome.line;
    return outcome.is_good ? 0 : 1;
  });
  return { finished };
}
