/**
 * Each role as a process of its own, as in docker-compose.yml: started from the two URLs alone, ready
 * when it says so, stopped gracefully under load.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from '../harness.ts';
import { until } from '../workers/until.ts';

const REDIS_URL = process.env.PORTOLAN_TEST_REDIS_URL;

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Where it answers, once it has said so. */
  url(): Promise<string>;
  /** Sends a signal and resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

describe('a role in a process of its own', () => {
  let harness: Harness;
  let running: Running[];
  let taken: Server | null;

  beforeEach(async () => {
    harness = await startHarness();
    running = [];
    taken = null;
  });
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    taken?.close();
    await harness.close();
  });

  function start(role: string, settings: Record<string, string> = {}): Running {
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: harness.url,
      ...(REDIS_URL === undefined ? {} : { REDIS_URL }),
      ...settings,
    };
    const child = spawn(process.execPath, ['src/main.ts', role], { env });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const found = () => /"url":"([^"]+)"/.exec(text)?.[1] ?? healthUrl(text);
    const one: Running = {
      child,
      output: () => text,
      url: async () => {
        await until(() => found() !== undefined || child.exitCode !== null, 40);
        const url = found();
        if (url === undefined) throw new Error(`${role} ended: ${text}`);
        return url;
      },
      end: async (signal) => {
        child.kill(signal);
        return await ended;
      },
    };
    running.push(one);
    return one;
  }

  it.each(['api', 'worker'])('%s starts from the URLs, gets ready, and stops', async (role) => {
    const started = start(role, { PORTOLAN_PORT: '0' });
    const url = await started.url();

    await until(async () => (await fetch(`${url}/readyz`)).ok, 30);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('process_cpu_seconds_total');

    expect(await started.end('SIGTERM')).toBe(0);
    expect(started.output()).toContain('stopped');
  });

  it('takes the next port when the default one is in use', async () => {
    taken = createServer().listen(3000, '127.0.0.1');
    taken.on('error', () => undefined);

    const url = await start('worker').url();

    expect(Number(new URL(url).port)).toBeGreaterThan(3000);
  });

  it('says so when the port that was asked for is in use, and ends', async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken?.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };

    const started = start('worker', { PORTOLAN_PORT: String(port) });

    await until(() => started.child.exitCode !== null, 40);
    expect(started.child.exitCode).toBe(1);
    expect(started.output()).toContain(`port ${port} on 127.0.0.1 is in use`);
  });

  it('answers every request that it took in, when it is stopped under load', async () => {
    const started = start('api', { PORTOLAN_PORT: '0' });
    const url = await started.url();
    const statuses = new Map<number, number>();
    let isStopping = false;
    const client = async () => {
      while (!isStopping) {
        const response = await fetch(`${url}/v1/orders`).catch(() => null);
        if (response === null) return;
        await response.arrayBuffer();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      }
    };
    const clients = Array.from({ length: 8 }, client);
    await until(() => (statuses.get(401) ?? 0) > 50);

    const code = await started.end('SIGTERM');
    isStopping = true;
    await Promise.all(clients);

    expect(code).toBe(0);
    // Without a key: refused; while it stops: told to come again. Nothing else, and no 500.
    expect([...statuses.keys()].filter((status) => status !== 401 && status !== 503)).toEqual([]);
  });
});

function healthUrl(text: string): string | undefined {
  const port = /"health_port":(\d+)/.exec(text)?.[1];
  return port === undefined ? undefined : `http://127.0.0.1:${port}`;
}
