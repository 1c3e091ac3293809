/**
 * Offers promises for a basket before it is ordered: up to three, decided by the same code as an
 * order, on the same stock. Whatever is offered is held: the units and slots of its options are set
 * aside until the quote is used or expires, so a token is honoured. An offer ends with its quote, or when
 * its pickups could no longer be met.
 */

import { randomBytes } from 'node:crypto';
import { type CapacityMove, listCapacity, lockCapacity, takeCapacity } from '../../db/capacity.ts';
import { inTransaction, type Tx } from '../../db/database.ts';
import { holdNetwork } from '../../db/networks.ts';
import { insertQuote, insertQuoteView } from '../../db/quotes.ts';
import { insertReservations } from '../../db/reservations.ts';
import { hexBytes } from '../../db/rows.ts';
import { listFreeStock, lockStock, reserveStock } from '../../db/stock.ts';
import {
  DAY_SECONDS,
  openBoard,
  quoteOptions,
  type SourcedPlan,
  type SourcingOrder,
  source,
  type WorkBudget,
} from '../../routing/index.ts';
import type { AskQuote, QuoteOption } from '../domain/commands.ts';
import { Refusal } from '../domain/errors.ts';
import { instantOf } from '../domain/instants.ts';
import { openChecks } from './check-decisions.ts';
import { stockPositions, warehousesOf } from './decide-batch.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { groupFaults, sourcingRules } from './order-rules.ts';
import { type Ruling, rulingOf } from './policy-network.ts';
import type { LivePrices } from './price-source.ts';
import { later, offerEnd } from './quote-lifetime.ts';
import { formatToken, hashSecret } from './redeem-quotes.ts';
import { storedView } from './stored-view.ts';

/** What can be promised. Without options, `reason` says why nothing can. */
export interface QuotedPromise {
  readonly quote_id: string | null;
  readonly options: readonly QuoteOption[];
  readonly reason: string | null;
}

interface Option {
  readonly label: QuoteOption['label'];
  readonly plan: SourcedPlan;
}

const MAX_TRIES = 3;

/**
 * Quotes a basket. Refuses SKUs that the network does not have. Loses no race silently: if the
 * units of an offer are gone before they could be held, it is quoted again on fresh stock.
 */
export async function quotePromise(engine: Engine, ask: AskQuote): Promise<QuotedPromise> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const network = await engine.networks.current();
    if (network === null) throw new Refusal('network_missing', 'import a network first');
    refuseUnknownSkus(ask, network);
    const prices = await engine.prices.current();
    const policies = await engine.policies.current();
    const quote_id = engine.newId();
    const ruling = rulingOf(network, policies, ask.platform_id, quote_id);
    const quoted = await inTransaction(engine.database, (tx) =>
      tryQuote(engine, tx, { network, prices, ruling, quote_id }, ask),
    );
    if (quoted !== 'lost_race') return quoted;
    await engine.networks.caughtUp();
  }
  return { quote_id: null, options: [], reason: 'contended' };
}

function refuseUnknownSkus(ask: AskQuote, network: LiveNetwork): void {
  const faults = ask.lines.flatMap((line, at) =>
    network.skus.has(line.sku_id)
      ? []
      : [
          {
            pointer: `/lines/${at}/sku_id`,
            detail: `got ${JSON.stringify(line.sku_id)}, expected a SKU of the network`,
          },
        ],
  );
  faults.push(...groupFaults(ask));
  if (faults.length > 0) throw new Refusal('unknown_reference', faults[0]!.detail, faults);
}

/** By what a quote is made. */
interface Quoting {
  readonly network: LiveNetwork;
  readonly prices: LivePrices | null;
  readonly ruling: Ruling;
  readonly quote_id: string;
}

async function tryQuote(
  engine: Engine,
  tx: Tx,
  quoting: Quoting,
  ask: AskQuote,
): Promise<QuotedPromise | 'lost_race'> {
  const { network, prices } = quoting;
  const { compiled } = quoting.ruling;
  if (!(await holdNetwork(tx, network))) return 'lost_race';
  const now = engine.clock.now();
  const at_seconds = Math.floor(now.epochMilliseconds / 1000);
  const skus = new Set(ask.lines.map((line) => line.sku_id));
  const stock = stockPositions(network, await listFreeStock(tx, [...skus]));
  const capacity = await listCapacity(tx, at_seconds - 2 * DAY_SECONDS, warehousesOf(stock));
  const board = openBoard(compiled, stock, capacity);
  const problem = problemOf(ask, at_seconds);
  const budget = quoteBudget(engine, network, now);
  const options: Option[] = quoteOptions(compiled, board, problem, budget, prices?.index).filter(
    // What the checker finds fault with is not offered.
    ({ plan }) => openChecks(network, stock, capacity)(problem, plan, compiled.policy).length === 0,
  );
  if (options.length === 0) {
    const result = source(compiled, board, problem, budget);
    const reason = result.outcome === 'unsourced' ? result.reason : 'contended';
    return { quote_id: null, options: [], reason };
  }
  const quote = newQuote(quoting, ask, options, now);
  const units = mostOfEachLot(options);
  if (!(await isStillFree(tx, quote.row.capacity, units))) return 'lost_race';
  await insertQuote(tx, quote.row);
  const view = { problem, work_budget: budget.work, ...storedView({ stock, capacity }) };
  const { transit_version, disruption_no } = network;
  const price_set_id = prices?.price_set_id ?? null;
  const versions = { transit_version, disruption_no, price_set_id };
  await insertQuoteView(tx, { quote_id: quote.row.quote_id, ...versions, ...view });
  await hold(tx, quote.row, units, now);
  return { quote_id: quote.row.quote_id, options: quote.offers, reason: null };
}

/** A quote may take as long as a decision of its order: whoever asks is waiting. */
function quoteBudget(engine: Engine, network: LiveNetwork, now: Temporal.Instant): WorkBudget {
  const until = now.epochMilliseconds + network.document.policy.decision_seconds * 1000;
  return {
    work: engine.config.solver_work_max,
    should_stop: () => engine.clock.milliseconds() > until,
  };
}

function problemOf(ask: AskQuote, at_seconds: number): SourcingOrder {
  const { country, postal_code, position } = ask.destination;
  const { groupOf, ...rules } = sourcingRules(ask.rules);
  return {
    at_seconds,
    destination: { country, postal_code, position },
    lines: ask.lines.map((line) => ({ ...line, ...groupOf(line.line_no) })),
    ...rules,
    deliver_by_seconds:
      ask.deliver_by === undefined
        ? undefined
        : Math.floor(ask.deliver_by.epochMilliseconds / 1000),
  };
}

function newQuote(
  { network, ruling, quote_id }: Quoting,
  ask: AskQuote,
  options: readonly Option[],
  now: Temporal.Instant,
) {
  const secret = randomBytes(18).toString('base64url');
  const latest = now.add({ seconds: network.document.policy.quote_seconds });
  const offers = options.map(({ label, plan }) => ({
    label,
    token: formatToken(quote_id, label, secret),
    promise_at: instantOf(plan.promise_seconds),
    expected_at: instantOf(Math.max(...plan.parcels.map((parcel) => parcel.expected_seconds))),
    confidence: plan.confidence,
    price: priceOf(plan),
    currency: network.document.currency,
    parcels: plan.parcels.length,
    expires_at: offerEnd(network, plan, latest),
  }));
  // What is offered is held until the last of the offers has expired.
  const expires_at = offers.map((offer) => offer.expires_at).reduce(later);
  const row = {
    quote_id,
    platform_id: ask.platform_id,
    token_hash: hexBytes(hashSecret(secret)),
    state: 'held' as const,
    destination: ask.destination,
    lines: ask.lines,
    rules: ask.rules ?? null,
    options: Object.fromEntries(
      options.map(({ label, plan }, i) => [label, { ...plan, expires_at: offers[i]!.expires_at }]),
    ),
    capacity: mostOfEachSlot(options),
    network_version: network.version,
    quoted_at: now,
    expires_at,
    policy_id: ruling.policy_id,
  };
  return { row, offers };
}

/** What the platform pays for carrying it out: freight and handling, not the policy's own weights. */
function priceOf(plan: SourcedPlan): number {
  return plan.parcels.reduce((sum, { cost }) => sum + cost.freight + cost.handling, 0);
}

/** Locks the slots and lots that the quote wants (capacity first) and looks whether all is there. */
async function isStillFree(
  tx: Tx,
  capacity: readonly CapacityMove[],
  units: readonly HeldUnits[],
): Promise<boolean> {
  const rows = await lockCapacity(tx, capacity);
  const used = new Map(rows.map((row) => [`${row.slot_seconds} ${row.resource}`, row.used]));
  const free = await lockStock(
    tx,
    units.map((unit) => unit.stock_id),
  );
  const roomy = capacity.every(
    (slot) => (used.get(`${slot.slot_seconds} ${slot.resource}`) ?? 0) + slot.amount <= slot.limit,
  );
  return roomy && units.every((unit) => (free.get(unit.stock_id) ?? 0) >= unit.quantity);
}

async function hold(
  tx: Tx,
  { quote_id, capacity }: { quote_id: string; capacity: readonly CapacityMove[] },
  units: readonly HeldUnits[],
  now: Temporal.Instant,
): Promise<void> {
  await takeCapacity(tx, capacity);
  await reserveStock(
    tx,
    units.map(({ stock_id, quantity }) => ({ stock_id, quantity, reference: quote_id })),
    now,
  );
  await insertReservations(
    tx,
    units.map(({ stock_id, quantity, line_no }) => ({ stock_id, quote_id, line_no, quantity })),
  );
}

/** Units of a lot that a quote sets aside. */
interface HeldUnits {
  readonly stock_id: number;
  readonly quantity: number;
  readonly line_no: number;
}

// Only one option of a quote can be used, so it holds the most that any of them needs, not the sum.
function mostOfEachLot(options: readonly Option[]): HeldUnits[] {
  const most = new Map<number, HeldUnits>();
  for (const { plan } of options) {
    const own = new Map<number, HeldUnits>();
    for (const { stock_id, quantity, line_no } of plan.parcels.flatMap((parcel) => parcel.takes)) {
      const sum = (own.get(stock_id)?.quantity ?? 0) + quantity;
      own.set(stock_id, { stock_id, quantity: sum, line_no });
    }
    for (const [id, unit] of own) {
      if ((most.get(id)?.quantity ?? 0) < unit.quantity) most.set(id, unit);
    }
  }
  return [...most.values()];
}

function mostOfEachSlot(options: readonly Option[]): CapacityMove[] {
  const most = new Map<string, CapacityMove>();
  for (const { plan } of options) {
    const own = new Map<string, CapacityMove>();
    for (const slot of plan.parcels.flatMap((parcel) => parcel.capacity)) {
      const key = `${slot.slot_seconds} ${slot.resource}`;
      own.set(key, { ...slot, amount: (own.get(key)?.amount ?? 0) + slot.amount });
    }
    for (const [key, slot] of own) {
      if ((most.get(key)?.amount ?? 0) < slot.amount) most.set(key, slot);
    }
  }
  return [...most.values()];
}
