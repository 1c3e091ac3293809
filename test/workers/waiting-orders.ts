/** Orders that wait for a decision, and a stand-in for the decide step that only counts them. */
import type { Handlers } from '../../workers/handlers.ts';
import type { Harness } from '../harness.ts';
import { query } from '../postgres.ts';

const NO_WORK = async () => ({ done: 0, more: false });

/** Puts one accepted order into the database and rings, as the door does. */
export async function acceptOrder(
  { engine, url }: Harness,
  options: { ring: boolean } = { ring: true },
): Promise<void> {
  const now = engine.clock.now().toString();
  await query(
    url,
    `insert into orders (order_id, platform_id, external_ref, state, version, body_hash,
      destination, accepted_at, decide_by)
     values ($1::uuid, 'shop', $1::text, 'accepted', 1, '\\x00', '{}', $2, $2)`,
    [engine.newId(), now],
  );
  if (options.ring) await query(url, `select pg_notify('portolan_journal', '')`);
}

/** Takes every waiting order at once and adds their number to `decided`. */
export async function takeWaiting(
  { url }: Harness,
  decided: { count: number },
): Promise<{ done: number; more: boolean }> {
  const text = `update orders set state = 'cancelled' where state = 'accepted'`;
  const { rowCount } = await query(url, text);
  decided.count += rowCount ?? 0;
  return { done: rowCount ?? 0, more: false };
}

/** Handlers with `decideOrders` in place of the real step, and nothing to do elsewhere. */
export function handlersWith(decideOrders: Handlers['decide'][string]): Handlers {
  return {
    decide: { decideOrders },
    tender: { tenderShipments: NO_WORK },
    watch: { watchMilestones: NO_WORK },
    price: { refreshPrices: NO_WORK },
    review: { redecideOrders: NO_WORK, shadowOrders: NO_WORK },
  };
}

/** Handlers whose decide step takes every waiting order. */
export function takeOrders(harness: Harness, decided: { count: number }): Handlers {
  return handlersWith(() => takeWaiting(harness, decided));
}
