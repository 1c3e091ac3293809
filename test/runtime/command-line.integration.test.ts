/** What people meet first: the help, and a clear word for every mistake. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aNetwork } from '../builders/network.ts';
import { decided } from '../fulfillment/placed-orders.ts';
import { START, startHarness } from '../harness.ts';

/** Runs `portolan` with nothing but these settings. */
function portolan(parameters: readonly string[], settings: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH, ...settings };
  return spawnSync(process.execPath, ['src/main.ts', ...parameters], { env, encoding: 'utf8' });
}

describe('the command line', () => {
  it('lists every command in its help', () => {
    const { status, stdout } = portolan(['--help']);

    expect(status).toBe(0);
    const commands = ['start', 'api', 'worker', 'migrate', 'import', 'demo', 'simulate', 'audit'];
    for (const command of [...commands, 'key', 'decide', 'replay-decision']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${command} +\\S`, 'm'));
    }
  });

  it('explains one command, asked either way', () => {
    expect(portolan(['worker', '--help']).stdout).toContain('--queues');
    expect(portolan(['help', 'worker']).stdout).toContain('--queues');
  });

  it('refuses an unknown command with exit code 2 and the list', () => {
    const { status, stderr } = portolan(['strat']);

    expect(status).toBe(2);
    expect(stderr).toContain('there is no command "strat"');
    expect(stderr).toContain('start, api, worker');
  });

  it.each([
    [['worker', '--queues', 'decide,dream'], 'no queue dream'],
    [['worker', '--colour'], '--colour'],
    [['import'], 'name at least one file'],
    [['key', 'create', '--role', 'king'], 'got king, expected platform'],
    [['key', 'create', '--role', 'carrier'], '--party'],
    [['demo', '--exit'], '--exit: say after how many --orders'],
    [['demo', '--orders', 'many'], '--orders: got many, expected a whole number from 1 to 1000000'],
    [['demo', '--speed', '0'], '--speed: got 0, expected a whole number from 1 to 10000'],
    [['demo', '--scale', '21'], '--scale: got 21, expected a whole number from 1 to 20'],
    [['demo', '--seed', '-1'], '--seed'],
    [['demo', 'now'], 'now'],
    [['simulate', '--url', 'nowhere'], '--url: got nowhere, expected a URL'],
    [['decide', '--network', 'a.json'], '--orders'],
    [['decide', '--network', 'a', '--orders', 'b', '--at', 'noon'], 'got noon, expected'],
    [['replay-decision'], 'name one order'],
    [['replay-decision', '17'], 'got 17, expected the id of an order'],
  ])('refuses %j with exit code 2 and the reason', (parameters, reason) => {
    const { status, stderr } = portolan(parameters);

    expect(stderr).toContain(reason);
    expect(status).toBe(2);
  });

  it('reports a wrong environment whole, with exit code 1', () => {
    const { status, stderr } = portolan(['migrate'], { PORTOLAN_PORT: 'x', REDIS_URL: 'y' });

    expect(status).toBe(1);
    expect(stderr).toContain('PORTOLAN_PORT: got "x"');
    expect(stderr).toContain('REDIS_URL: got');
    expect(stderr).not.toContain('    at ');
  });

  it('says when there is no engine for the simulation', () => {
    const parameters = ['simulate', '--url', 'http://127.0.0.1:9', '--key', 'ptl_x'];
    const { status, stderr } = portolan(parameters);

    expect(status).toBe(1);
    expect(stderr).toBe(
      'portolan simulate: no engine answers at http://127.0.0.1:9: start one, or give its --url\n',
    );
  });

  it('says what an API without a database needs', () => {
    const { status, stderr } = portolan(['api'], { PORTOLAN_DATA_DIR: '/nowhere/at/all' });

    expect(status).toBe(1);
    expect(stderr).toContain('DATABASE_URL is not set');
  });

  it('imports a network with its opening stock, and says what of it was new', async () => {
    const harness = await startHarness({ network: null });
    const folder = mkdtempSync(join(tmpdir(), 'portolan-command-'));
    try {
      writeFileSync(join(folder, 'network.json'), JSON.stringify(aNetwork()));
      const rows = 'warehouse_id,sku_id,lot,expires_on,quantity\nrotterdam,mug,,,5\n';
      writeFileSync(join(folder, 'stock.csv'), rows);
      const settings = { DATABASE_URL: harness.url };

      const first = portolan(['import', folder], settings);
      const again = portolan(['import', join(folder, 'stock.csv')], settings);

      expect(first.stderr).toBe('');
      expect(first.stdout).toContain('the network applied as version 1');
      expect(first.stdout).toContain('1 rows of opening stock are posted\n');
      expect(again.stdout).toBe(
        '1 rows of opening stock are posted, 1 of them by an earlier import\n',
      );
    } finally {
      rmSync(folder, { recursive: true });
      await harness.close();
    }
  });

  it('decides orders from files as production would, and says what is wrong with them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-decide-'));
    const file = (name: string, content: unknown) => {
      const path = join(folder, name);
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      return path;
    };
    const order = (external_ref: string, quantity: number) => {
      const destination = { country: 'NL', postal_code: '1011AB' };
      return { external_ref, destination, lines: [{ line_no: 1, sku_id: 'mug', quantity }] };
    };
    try {
      const network = file('network.json', aNetwork());
      const stock = file('stock.csv', 'warehouse_id,sku_id,quantity\nrotterdam,mug,5\n');
      const orders = file(
        'orders.jsonl',
        [4, 4].map((n) => JSON.stringify(order(`o${n}`, n))).join('\n'),
      );
      const base = ['decide', '--network', network, '--network', stock, '--at', START];

      const first = portolan([...base, '--orders', orders]);
      const dear = file('policy.json', { time_per_day: 100_000 });
      const hurried = portolan([...base, '--orders', orders, '--policy', dear]);
      const stored = file('stored.json', { policy_id: 'p', rules: { time_per_day: 100_000 } });
      const again = portolan([...base, '--orders', orders, '--policy', stored]);
      const { carrier_id } = JSON.parse(first.stdout.split('\n')[0]!).parcels[0];
      const prices = file('prices.json', { carriers: [{ carrier_id, price: 100_000 }] });
      const priced = portolan([...base, '--orders', orders, '--prices', prices]);
      const worthless = file('no.json', {
        stock: [{ warehouse_id: 'rotterdam', price: 0 }],
        gold: 1,
      });
      const unpriced = portolan([...base, '--orders', orders, '--prices', worthless]);
      const wrong = file('wrong.json', [{ ...order('a', 0), deliver_by: 'soon' }, order('b', 4)]);
      const refused = portolan([...base, '--orders', wrong]);

      expect(first.stderr).toMatch(/^1 of 2 orders sourced, 1 parcels, cost \d+ EUR/);
      const [sold, short] = first.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(sold).toMatchObject({ external_ref: 'o4', outcome: 'sourced' });
      expect(sold.parcels).toMatchObject([{ warehouse_id: 'rotterdam' }]);
      expect(short).toMatchObject({ outcome: 'unsourced', reason: 'no_stock', line_nos: [1] });
      const sooner = JSON.parse(hurried.stdout.split('\n')[0]!);
      expect(sooner.promise_seconds).toBeLessThan(sold.promise_seconds);
      expect(again.stdout).toBe(hurried.stdout);
      const other = JSON.parse(priced.stdout.split('\n')[0]!);
      expect(other).toMatchObject({ outcome: 'sourced' });
      expect(other.parcels[0].carrier_id).not.toBe(carrier_id);
      expect(unpriced.status).toBe(1);
      expect(unpriced.stderr).toContain('/stock/0/sku_id: is missing, expected text');
      expect(unpriced.stderr).toContain('/stock/0/price: got 0, expected a number, above 0');
      expect(unpriced.stderr).toContain(
        '/gold: is not a known field, expected one of stock, capacity',
      );
      expect(refused.status).toBe(1);
      expect(JSON.parse(refused.stdout)).toMatchObject({ external_ref: 'b', outcome: 'sourced' });
      expect(refused.stderr).toContain('1 orders have faults and were left out');
      expect(refused.stderr).toContain('order 1/lines/0/quantity: got 0, expected a whole number');
      expect(refused.stderr).toContain(
        'order 1/deliver_by: got "soon", expected an RFC 3339 instant',
      );
      expect(refused.stderr).not.toContain('    at ');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('replays a stored decision, and knows when there is none', async () => {
    const harness = await startHarness();
    try {
      await harness.stock({ quantity: 3 });
      const [order_id] = await decided(harness);
      const settings = { DATABASE_URL: harness.url };

      const replayed = portolan(['replay-decision', order_id!], settings);
      const nobody = portolan(
        ['replay-decision', '01900000-0000-7000-8000-00000000dead'],
        settings,
      );

      expect(replayed.stderr).toBe('');
      expect(JSON.parse(replayed.stdout)).toMatchObject({ order_id, replayed: true });
      expect(replayed.status).toBe(0);
      expect(nobody.stderr).toContain('there is no decision of an order');
      expect(nobody.status).toBe(1);
    } finally {
      await harness.close();
    }
  });
});
