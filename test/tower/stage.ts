/** An engine at work for the page to show: a real database, API and worker processes, real orders. */
import { createKey } from '../../src/fulfillment/create-key.ts';
import { type PortolanProcess, startPortolan } from '../faults/processes.ts';
import { type Harness, startHarness } from '../harness.ts';

export interface Stage {
  readonly harness: Harness;
  readonly keys: { readonly operator: string; readonly shop: string };
  /** Where the page is. */
  url(): string;
  /** Starts an API; again on the same port after it was ended. */
  startApi(): Promise<PortolanProcess>;
  startWorker(): Promise<PortolanProcess>;
  /** Posts orders of the platform; gives their ids. */
  order(...orders: readonly object[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens a stage; nothing runs on it yet. */
export async function openStage(): Promise<Stage> {
  const harness = await startHarness({ start: Temporal.Now.instant().toString() });
  const keyOf = async (role: 'operator' | 'platform', party_id: string) =>
    (await createKey(harness.engine, { role, party_id })).key;
  const keys = { operator: await keyOf('operator', '*'), shop: await keyOf('platform', 'shop') };
  const running: PortolanProcess[] = [];
  let port = '0';
  let url = '';
  const start = async (parameters: string[], says: string, settings: Record<string, string>) => {
    const started = startPortolan(parameters, { DATABASE_URL: harness.url, ...settings });
    running.push(started);
    await started.says(says);
    return started;
  };
  return {
    harness,
    keys,
    url: () => url,
    startApi: async () => {
      const api = await start(['api'], 'the API runs', { PORTOLAN_PORT: port });
      url = /"url":"(http:[^"]+)"/.exec(api.said())![1]!;
      port = new URL(url).port;
      return api;
    },
    startWorker: () => start(['worker'], 'the worker runs', {}),
    order: async (...orders) => {
      const response = await fetch(`${url}/v1/orders/bulk`, {
        method: 'POST',
        headers: { authorization: `Bearer ${keys.shop}`, 'content-type': 'application/json' },
        body: JSON.stringify(orders),
      });
      const { results } = (await response.json()) as { results: { order_id: string }[] };
      return results.map(({ order_id }) => order_id);
    },
    close: async () => {
      await Promise.all(running.map((one) => one.end('SIGTERM')));
      await harness.close();
    },
  };
}
