/** Makes the one plain object that every step and door is given. */
import type { Logger } from 'pino';
import { openDatabase } from '../../db/database.ts';
import { createBacklogGauge } from '../fulfillment/backlog-gauge.ts';
import type { Engine } from '../fulfillment/engine.ts';
import { keepNetwork } from '../fulfillment/keep-network.ts';
import { createNetworkSource } from '../fulfillment/network-source.ts';
import { createPolicySource } from '../fulfillment/policy-source.ts';
import { createPriceSource } from '../fulfillment/price-source.ts';
import type { Clock } from '../runtime/clock.ts';
import { clockOf } from '../runtime/clock-setting.ts';
import type { Config } from '../runtime/config.ts';
import { idSource } from '../runtime/ids.ts';
import type { Services } from '../runtime/services.ts';
import type { Opened } from './stopping.ts';

/** An engine in a server: its network is kept the newest, and all is closed with the server. */
export function openServerEngine(
  opened: Opened,
  config: Config,
  url: string,
  log: Logger,
  clock?: Clock,
): Engine {
  const engine = openEngine(config, url, log, clock);
  opened('database connections', () => engine.database.close());
  const keeper = keepNetwork(engine);
  opened('watch on the network', () => keeper.close());
  return engine;
}

/** Opens an engine on the database at `url`; nothing connects before the first query. */
export function openEngine(
  config: Config,
  url: string,
  log: Logger,
  clock: Clock = clockOf(config),
): Engine {
  const database = openDatabase({
    url,
    pool_size: config.pool_size,
    statement_timeout_ms: config.statement_timeout_ms,
    onError: (error) => log.warn({ err: error }, 'a database connection broke: it is replaced'),
  });
  const services: Services = { config, database, clock, newId: idSource(clock), log };
  return {
    ...services,
    networks: createNetworkSource(services),
    backlog: createBacklogGauge(),
    prices: createPriceSource(services),
    policies: createPolicySource(services),
  };
}
