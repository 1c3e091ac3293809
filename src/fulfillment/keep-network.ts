/**
 * Keeps the network of a process the newest, also while nobody asks for it: it looks when one is
 * announced, and now and then in case the announcement was not heard.
 */
import { listen } from '../../db/listen.ts';
import { NETWORK_CHANNEL } from '../../db/networks.ts';
import type { Engine } from './engine.ts';

/** Looks until closed. Nothing here may stop the process: a failed look is met again by the next. */
export function keepNetwork({ config, database, log, networks }: Engine): {
  close(): Promise<void>;
} {
  let wanted = false;
  let looking: Promise<void> | null = null;
  const look = async () => {
    while (wanted) {
      wanted = false;
      await networks.current();
      // A large one is read beside; a newer one that was announced meanwhile is taken next.
      await networks.caughtUp();
    }
  };
  const lookSoon = () => {
    wanted = true;
    looking ??= look()
      .catch((error: unknown) => log.warn({ err: error }, 'the network could not be looked at'))
      .finally(() => {
        looking = null;
      });
  };
  const listening = listen({
    url: database.url,
    channel: NETWORK_CHANNEL,
    onRing: () => {
      networks.refresh();
      lookSoon();
    },
    onError: (error) => log.warn({ err: error }, 'new networks are not heard of for now: polling'),
  });
  const timer = setInterval(lookSoon, config.network_poll_ms);
  return {
    close: async () => {
      clearInterval(timer);
      await listening.close();
      await looking;
    },
  };
}
