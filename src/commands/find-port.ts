/** Finds the port a server listens on: the one asked for, or the next free one. */
import { createServer } from 'node:net';
import type { Config } from '../runtime/config.ts';
import { Trouble } from './command.ts';

/** How many ports above the default are tried. */
const NEXT_PORTS = 100;

/** The port to listen on. A port asked for by name that is in use is an error, said clearly. */
export async function findPort(config: Config): Promise<number> {
  const { host, port } = config;
  if (port === 0 || (await isFree(host, port))) return port;
  if (config.port_is_explicit) {
    throw new Trouble(
      `port ${port} on ${host} is in use by another program. ` +
        'Stop that one, or set PORTOLAN_PORT to another port (0 = any).',
    );
  }
  for (let next = port + 1; next <= port + NEXT_PORTS; next += 1) {
    if (await isFree(host, next)) return next;
  }
  throw new Trouble(`ports ${port} to ${port + NEXT_PORTS} on ${host} are all in use.`);
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else if (error.code === 'EACCES') reject(new Trouble(`port ${port} may not be used by you.`));
      else reject(new Trouble(`cannot listen on PORTOLAN_HOST ${host}: ${error.message}.`));
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
