/** A decision in words and numbers: what was chosen and why, what lost and why, and how sure it is. */
import type { Decision } from '../../../api/resources/decision-answer.ts';
import type { Answered } from '../../../api/resources/tower-answer.ts';
import { type Child, h } from '../element.ts';
import { serviceName, warehouseName } from '../places.ts';
import { counted, t, word } from '../texts.ts';
import { duration, instantIn, microseconds, money, number, percent } from '../times.ts';
import { when, zoneFor } from '../zones.ts';

type DecisionAnswer = Answered<typeof Decision>;
type Plan = NonNullable<DecisionAnswer['plan']>;
type Parcel = Plan['parcels'][number];
type Lost = DecisionAnswer['alternatives'][number];

const TERMS = ['freight', 'handling', 'split', 'lateness', 'time', 'carbon'] as const;
/** Alternatives that are shown before the reader asks for all. */
const FIRST = 4;

/** The part of an order's page about its decision; null = it waits for one. */
export function decisionPart(
  decision: DecisionAnswer | null,
  warehouse: string | null,
): HTMLElement {
  const title = h('h3', {}, t('decision.title'));
  if (decision === null) {
    return h('section', { class: 'decision' }, title, h('p', {}, t('decision.none')));
  }
  const { plan, currency } = decision;
  return h(
    'section',
    { class: 'decision' },
    title,
    ...(plan === null ? [noPlan(decision)] : chosen(plan, currency, warehouse)),
    alternatives(decision),
    h('h4', {}, t('decision.proof')),
    h('p', {}, plan === null ? t('proof.none') : proof(plan, currency)),
    h('p', {}, timeUsed(decision)),
    h('p', {}, replay(decision)),
  );
}

function noPlan({ reason }: DecisionAnswer): Child {
  return h('p', {}, t('decision.no_plan', { reason: word('reason', reason ?? 'unknown') }));
}

function chosen(plan: Plan, currency: string, warehouse: string | null): Child[] {
  const zone = zoneFor(warehouse);
  const values = {
    promise: instantIn(zone, plan.promise_at),
    confidence: percent(plan.confidence),
    cost: money(plan.cost, currency),
  };
  const sentences = plan.parcels.map((parcel) => h('p', { class: 'sentence' }, sentence(parcel)));
  return [
    ...sentences,
    h('p', {}, t('decision.promise', values)),
    h('h4', {}, t('decision.cost')),
    costTable(plan, currency),
  ];
}

function sentence(parcel: Parcel): string {
  const units = parcel.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return t('decision.sentence', {
    warehouse: warehouseName(parcel.warehouse_id),
    service: serviceName(parcel.service_id),
    units: counted('units', units),
    pickup: instantIn(zoneFor(parcel.warehouse_id), parcel.pickup_at),
  });
}

/** The terms of the cost, all parcels together; terms of nothing are left out. */
function costTable({ parcels, cost }: Plan, currency: string): HTMLElement {
  const rows = TERMS.map((term) => ({
    term,
    amount: parcels.reduce((sum, parcel) => sum + (parcel.cost[term] ?? 0), 0),
  })).filter(({ amount }) => amount > 0);
  const most = Math.max(1, ...rows.map(({ amount }) => amount));
  return h(
    'ul',
    { class: 'shares wide' },
    ...rows.map(({ term, amount }) => {
      const bar = h('span', { class: 'share-bar' });
      bar.style.width = `${(amount / most) * 100}%`;
      return h(
        'li',
        { class: 'share' },
        h('span', {}, t(`term.${term}`)),
        h('span', { class: 'share-track', 'aria-hidden': 'true' }, bar),
        h('span', { class: 'share-value' }, money(amount, currency)),
      );
    }),
    h(
      'li',
      { class: 'share sum' },
      h('span', {}, t('term.sum')),
      h('span', {}),
      h('strong', { class: 'share-value' }, money(cost, currency)),
    ),
  );
}

function alternatives({ alternatives: lost, currency }: DecisionAnswer): Child {
  if (lost.length === 0) return h('p', { class: 'note' }, t('alternatives.none'));
  const rows = lost.map((one) => lostRow(one, currency));
  const rest = rows.slice(FIRST);
  return [
    h('h4', {}, t('alternatives.title', { count: lost.length })),
    h('ul', { class: 'lost' }, ...rows.slice(0, FIRST)),
    rest.length === 0
      ? null
      : h(
          'details',
          { 'data-part': 'alternatives' },
          h('summary', {}, t('alternatives.more', { count: rest.length })),
          h('ul', { class: 'lost' }, ...rest),
        ),
  ];
}

/** What lost, at what cost, and why in words. */
function lostRow(lost: Lost, currency: string): HTMLElement {
  const { warehouse_id, service_id, cost, promise_at, lost_because, dearer_by } = lost;
  const name = service_id === undefined ? '' : ` · ${serviceName(service_id)}`;
  const why =
    dearer_by === undefined
      ? word('lost', lost_because)
      : dearer_by > 0
        ? t('lost.dearer_by', { amount: money(dearer_by, currency) })
        : t('lost.as_dear');
  return h(
    'li',
    {},
    h('span', { class: 'lost-name' }, `${warehouseName(warehouse_id)}${name}`),
    h('span', { class: 'lost-cost' }, cost === undefined ? '' : money(cost, currency)),
    h(
      'span',
      { class: 'lost-why faint' },
      why,
      promise_at === undefined
        ? null
        : [` · ${t('lost.promise')} `, when(promise_at, warehouse_id)],
    ),
  );
}

function proof({ proof: { kind, gap, lower_bound }, method }: Plan, currency: string): string {
  if (kind === 'optimal') return t('proof.optimal', { method: word('method', method) });
  return t('proof.bounded', {
    method: word('method', method),
    gap: gap === undefined ? '–' : percent(gap, 2),
    bound: lower_bound === undefined ? '–' : money(lower_bound, currency),
  });
}

function timeUsed(decision: DecisionAnswer): string {
  const { elapsed_us, work, work_budget, decided_at, deadline, late } = decision;
  const left = (Date.parse(deadline) - Date.parse(decided_at)) / 1000;
  const values = {
    time: microseconds(elapsed_us),
    work: number(work),
    budget: number(work_budget),
    left: duration(Math.max(0, left)),
  };
  if (decision.from_quote) return t('decision.time_quote', values);
  return t(late ? 'decision.time_late' : 'decision.time', values);
}

function replay({ replayed, from_quote }: DecisionAnswer): string {
  if (from_quote) return t('replay.quote');
  if (replayed === null) return t('replay.unknown');
  return t(replayed ? 'replay.same' : 'replay.other');
}
