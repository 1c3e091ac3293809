/** What a process without an API shows its supervisor: `/livez`, `/readyz` and `/metrics`. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registry } from './telemetry.ts';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on `host`:`port`; ready while `isReady` says so. */
export async function startHealthServer(
  { host, port }: { host: string; port: number },
  isReady: () => Promise<boolean>,
): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    if (request.url === '/livez') return answer(response, 200, '{"status":"ok"}');
    if (request.url === '/readyz') {
      const ready = await isReady().catch(() => false);
      return answer(response, ready ? 200 : 503, `{"status":"${ready ? 'ok' : 'not ready'}"}`);
    }
    if (request.url === '/metrics') {
      return answer(response, 200, await registry.metrics(), registry.contentType);
    }
    return answer(response, 404, '{"status":"not found"}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'application/json',
): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
