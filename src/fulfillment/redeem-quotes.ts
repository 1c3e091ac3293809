/** Part of ACCEPT: checks the quote tokens that orders carry, and marks the quotes they use. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Tx } from '../../db/database.ts';
import { listOrdersByRef } from '../../db/orders.ts';
import { lockQuotes, markQuotesUsed, type QuoteRecord } from '../../db/quotes.ts';
import type { AcceptOrder, QuoteOption } from '../domain/commands.ts';
import type { RefusalCode } from '../domain/errors.ts';
import { rulesText } from './order-rules.ts';

/** A token that holds good for its order, or why it does not. */
export type RedeemedQuote =
  | { readonly outcome: 'redeemed'; readonly quote_id: string; readonly option: string }
  | { readonly outcome: 'refused'; readonly code: RefusalCode; readonly detail: string };

/** The tokens of a batch, checked; `use` marks the quotes whose orders were really stored. */
export interface RedeemedQuotes {
  get(index: number): RedeemedQuote | undefined;
  use(
    inserted: ReadonlySet<string>,
    orders: readonly { order_id: string; quote_id: string | null }[],
  ): Promise<void>;
}

const LABELS: readonly QuoteOption['label'][] = ['cheapest', 'best_value', 'fastest'];

/** A token names its quote and option, and proves them with the quote's secret. */
export function formatToken(quote_id: string, option: string, secret: string): string {
  return `${quote_id}.${option}.${secret}`;
}

/** SHA-256 of a token's secret part. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * Checks the tokens of a batch. Locks the quotes (by id) until the transaction ends, so that one
 * quote makes one order; two orders of the same batch cannot share one either.
 */
export async function redeemQuotes(
  tx: Tx,
  arrivals: readonly { index: number; command: AcceptOrder }[],
  now: Temporal.Instant,
): Promise<RedeemedQuotes> {
  const tokens = arrivals.flatMap(({ index, command }) =>
    command.quote_token === undefined
      ? []
      : [{ index, command, token: parse(command.quote_token) }],
  );
  const ids = new Set(tokens.flatMap(({ token }) => (token === null ? [] : [token.quote_id])));
  const locked = await lockQuotes(tx, [...ids]);
  const quotes = new Map(locked.map((quote) => [quote.quote_id, quote]));
  const stored = await storedBefore(tx, tokens);
  const taken = new Set<string>();
  const redeemed = new Map<number, RedeemedQuote>();
  for (const { index, command, token } of tokens) {
    const quote = token === null ? undefined : quotes.get(token.quote_id);
    const result = check(command, token, quote, { taken, now });
    // An order that came before is answered as it was then: it takes nothing from another one now.
    if (result.outcome === 'redeemed' && !stored(command)) taken.add(result.quote_id);
    redeemed.set(index, result);
  }
  return {
    get: (index) => redeemed.get(index),
    use: async (inserted, orders) => {
      const used = orders.filter((o) => o.quote_id !== null && inserted.has(o.order_id));
      await markQuotesUsed(
        tx,
        used.map((order) => order.quote_id!),
      );
    },
  };
}

/** Of orders that share a quote, which references were stored before. Mostly none do: no query then. */
async function storedBefore(
  tx: Tx,
  tokens: readonly { command: AcceptOrder; token: Token | null }[],
): Promise<(command: AcceptOrder) => boolean> {
  const users = Map.groupBy(tokens, ({ token }) => token?.quote_id);
  const sharing = tokens.filter(({ token }) => token && users.get(token.quote_id)!.length > 1);
  const rows = await listOrdersByRef(
    tx,
    sharing.map(({ command }) => command),
  );
  return ({ platform_id, external_ref }) =>
    rows.some((row) => row.platform_id === platform_id && row.external_ref === external_ref);
}

type Token = { quote_id: string; option: string; secret: string };

function parse(text: string): Token | null {
  const parts = /^([0-9a-f-]{36})\.([a-z_]+)\.([A-Za-z0-9_-]{20,64})$/.exec(text);
  if (parts === null) return null;
  return { quote_id: parts[1]!, option: parts[2]!, secret: parts[3]! };
}

function check(
  command: AcceptOrder,
  token: Token | null,
  quote: QuoteRecord | undefined,
  { taken, now }: { taken: ReadonlySet<string>; now: Temporal.Instant },
): RedeemedQuote {
  const known =
    token !== null &&
    quote !== undefined &&
    quote.platform_id === command.platform_id &&
    timingSafeEqual(hashSecret(token.secret), quote.token_hash as Buffer) &&
    LABELS.some((label) => label === token.option && quote.options[label] !== undefined);
  if (!known) return refused('quote_expired', 'got a quote_token that was never given out');
  const over = Temporal.Instant.compare(quote.expires_at, now) <= 0;
  if (over || quote.state !== 'held' || taken.has(quote.quote_id)) {
    return refused('quote_expired', `quote ${quote.quote_id} has expired or was used`);
  }
  // As it was told with the token: what the network has become since does not shorten it.
  const { expires_at } = quote.options[token.option]!;
  if (expires_at !== undefined && Temporal.Instant.compare(expires_at, now) <= 0) {
    const detail = `the pickup of offer ${token.option} of quote ${quote.quote_id} can no longer be met`;
    return refused('quote_expired', detail);
  }
  if (!sameBasket(command, quote)) {
    return refused('quote_mismatch', 'expected the lines, rules and destination that were quoted');
  }
  return { outcome: 'redeemed', quote_id: quote.quote_id, option: token.option };
}

/** All that the plan was made from; the order may carry a name and address beside it. */
function sameBasket(command: AcceptOrder, quote: QuoteRecord): boolean {
  const { country, postal_code, position } = command.destination;
  const quoted = quote.destination;
  return (
    linesText(command.lines) === linesText(quote.lines) &&
    rulesText(command.rules) === rulesText(quote.rules) &&
    postal_code === quoted.postal_code &&
    country === quoted.country &&
    JSON.stringify(position) === JSON.stringify(quoted.position)
  );
}

function linesText(lines: QuoteRecord['lines']): string {
  const rows = lines.map((line) => [
    line.line_no,
    line.sku_id,
    line.quantity,
    line.weight_grams ?? null,
  ]);
  return JSON.stringify(rows.sort((a, b) => Number(a[0]) - Number(b[0])));
}

function refused(code: RefusalCode, detail: string): RedeemedQuote {
  return { outcome: 'refused', code, detail };
}
