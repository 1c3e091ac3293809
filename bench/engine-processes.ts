/** The roles of an engine as processes of their own, started as users start them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** Any free port: the default one may be another engine's. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts one role of the engine, quiet and without a rate limit. */
export function spawnRole(role: string, database_url: string, port: number): ChildProcess {
  const main = join(dirname(import.meta.dirname), 'src', 'main.ts');
  const child = spawn(process.execPath, [main, role], {
    env: {
      ...process.env,
      DATABASE_URL: database_url,
      PORTOLAN_PORT: String(port),
      PORTOLAN_LOG_LEVEL: 'warn',
      PORTOLAN_RATE_LIMIT_PER_MINUTE: '100000000',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // Whatever becomes of the bench, its engine does not outlive it.
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

/** Resolves when the role at `origin` is ready. @throws Error if not within a minute, or if one ended. */
export async function waitUntilReady(
  origin: string,
  children: readonly ChildProcess[],
): Promise<void> {
  const end = performance.now() + 60_000;
  while (performance.now() < end) {
    if (children.some((child) => child.exitCode !== null)) break;
    const ready = await fetch(`${origin}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the engine did not become ready');
}

/** Stops a role gracefully. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
