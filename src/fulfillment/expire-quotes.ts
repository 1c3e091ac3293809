/** Ends quotes that have run out: what they held is free again. */
import { giveBackCapacity, lockCapacity } from '../../db/capacity.ts';
import { inTransaction } from '../../db/database.ts';
import { claimExpiredQuotes, clearQuoteCapacity, deleteQuoteViews } from '../../db/quotes.ts';
import { closeReservationsOfQuotes } from '../../db/reservations.ts';
import { releaseStock } from '../../db/stock.ts';
import type { StepOutcome } from './decide-orders.ts';
import type { Engine } from './engine.ts';

/** Expires one batch of quotes by the engine's clock. A used quote is never expired. */
export async function expireQuotes(engine: Engine): Promise<StepOutcome> {
  const limit = engine.config.expire_batch_quotes;
  return await inTransaction(engine.database, async (tx) => {
    const now = engine.clock.now();
    const quotes = await claimExpiredQuotes(tx, now, limit);
    const ids = quotes.map((quote) => quote.quote_id);
    const slots = quotes.flatMap((quote) => quote.capacity);
    await lockCapacity(tx, slots);
    await giveBackCapacity(tx, slots);
    await clearQuoteCapacity(tx, ids);
    await deleteQuoteViews(tx, ids);
    const closed = await closeReservationsOfQuotes(tx, ids, 'expired');
    await releaseStock(
      tx,
      closed.map((row) => ({ ...row, reference: row.quote_id! })),
      now,
    );
    return { done: quotes.length, more: quotes.length === limit };
  });
}
