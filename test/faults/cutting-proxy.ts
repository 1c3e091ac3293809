/** A TCP proxy in front of PostgreSQL that sees what passes and can cut it at a chosen moment. */
import { createServer, type Socket, connect as tcpConnect } from 'node:net';

/** Told of every piece a client sends, after it was passed on. */
export type Watcher = (text: string, link: Link) => void;

/** One client and its connection to the server. */
export interface Link {
  /** Nothing the server says reaches the client any more. */
  mute(): void;
  /** Ends both connections without a word. */
  cut(): void;
}

export interface CuttingProxy {
  /** The database's URL by way of the proxy. */
  readonly url: string;
  /** Replaces who is told of what clients send; null = nobody. */
  watch(watcher: Watcher | null): void;
  /** Cuts every connection; new ones may come. */
  cutAll(): void;
  close(): Promise<void>;
}

/** Starts a proxy to the server of `url` on a free loopback port. */
export async function startProxy(url: string): Promise<CuttingProxy> {
  const target = new URL(url);
  const links = new Set<Link>();
  let watcher: Watcher | null = null;
  const server = createServer((client) => {
    const upstream = tcpConnect(Number(target.port), target.hostname);
    const link = linkOf(client, upstream);
    links.add(link);
    client.on('data', (piece) => {
      upstream.write(piece);
      watcher?.(piece.toString('latin1'), link);
    });
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => link.cut());
      socket.on('close', () => {
        link.cut();
        links.delete(link);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.port = String((server.address() as { port: number }).port);
  const cutAll = () => {
    for (const link of links) link.cut();
  };
  return {
    url: through.href,
    watch: (next) => {
      watcher = next;
    },
    cutAll,
    close: async () => {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function linkOf(client: Socket, upstream: Socket): Link {
  let isMuted = false;
  upstream.on('data', (piece) => {
    if (!isMuted) client.write(piece);
  });
  return {
    mute: () => {
      isMuted = true;
    },
    cut: () => {
      // The server is left to finish what it was sent; only the client hears nothing of it.
      upstream.end();
      client.destroy();
    },
  };
}
