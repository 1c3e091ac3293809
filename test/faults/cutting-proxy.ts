/** A TCP proxy in front of PostgreSQL that sees what passes and can cut it at a chosen moment. */
import { createServer, type Socket, connect as tcpConnect } from 'node:net';

/** Told of every question a client asks (what comes up to a sync), after it was passed on. */
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
    const split = questions();
    client.on('data', (piece) => {
      // Several may come in one piece; what follows the one that was cut after is not passed on.
      for (const question of split(piece as Buffer)) {
        if (client.destroyed) return;
        upstream.write(question);
        watcher?.(question.toString('latin1'), link);
      }
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

/** Messages after which the server answers: query, sync, password, end, flush. */
const ASKING = new Set([...'QSpXH'].map((letter) => letter.charCodeAt(0)));
/** Length of a message's type and length fields; the first message of a connection has no type. */
const HEAD_BYTES = 5;

/** Splits what a client sends into questions, by PostgreSQL's message format (protocol 3). */
function questions(): (piece: Buffer) => Buffer[] {
  let unsplit: Buffer = Buffer.alloc(0);
  let hasStarted = false;
  return (piece) => {
    unsplit = Buffer.concat([unsplit, piece]);
    const found: Buffer[] = [];
    for (let at = 0; ; ) {
      const typeBytes = hasStarted ? 1 : 0;
      if (unsplit.length - at < HEAD_BYTES) break;
      const length = typeBytes + unsplit.readUInt32BE(at + typeBytes);
      if (unsplit.length - at < length) break;
      const asks = !hasStarted || ASKING.has(unsplit[at]!);
      hasStarted = true;
      at += length;
      if (!asks) continue;
      found.push(unsplit.subarray(0, at));
      unsplit = unsplit.subarray(at);
      at = 0;
    }
    return found;
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
