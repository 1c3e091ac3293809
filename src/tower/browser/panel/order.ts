/** One order in full: what was promised, who owes what by when, why it was decided so, what happened. */
import type { Decision } from '../../../api/resources/decision-answer.ts';
import type { Order } from '../../../api/resources/order-answer.ts';
import type { Answered } from '../../../api/resources/tower-answer.ts';
import { ask, Problem } from '../ask.ts';
import { type Child, h } from '../element.ts';
import { news } from '../feed.ts';
import { ownerName, serviceName, warehouseName } from '../places.ts';
import { linkTo } from '../router.ts';
import { t, word } from '../texts.ts';
import { duration, number, percent, weight } from '../times.ts';
import { when, whenShort, zoneSentence } from '../zones.ts';
import { backButton } from './card.ts';
import { decisionPart } from './decision.ts';
import { milestoneSign } from './signs.ts';

type OrderAnswer = Answered<typeof Order>;
type DecisionAnswer = Answered<typeof Decision>;
type ShipmentAnswer = OrderAnswer['shipments'][number];

/** News of the order within this time (ms) is read together. */
const GATHER_MS = 400;

/** The page of an order; it is read again when the journal names it. */
export function orderPage(order_id: string, ended: AbortSignal): HTMLElement {
  const body = h('div', { class: 'card-body' }, h('p', { class: 'empty' }, t('list.loading')));
  const heading = h('h2', { class: 'side-title', tabindex: -1 }, t('order.title'));
  const read = async () => {
    try {
      const [order, decision] = await Promise.all([
        ask<OrderAnswer>(`/v1/orders/${order_id}`),
        ask<DecisionAnswer>(`/v1/orders/${order_id}/decision`).catch(undecided),
      ]);
      if (ended.aborted) return;
      heading.textContent = order.external_ref;
      const open = openDetails(body);
      body.replaceChildren(...partsOf(order, decision));
      for (const details of body.querySelectorAll('details')) {
        if (open.has(details.dataset.part ?? '')) details.open = true;
      }
    } catch (error) {
      const isUnknown = error instanceof Problem && [400, 404].includes(error.status);
      body.replaceChildren(
        h('p', { class: 'empty' }, t(isUnknown ? 'order.unknown' : 'order.failed')),
      );
    }
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = news.watch((events) => {
    if (!events.some((event) => event.order_id === order_id)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void read(), GATHER_MS);
  });
  ended.addEventListener('abort', () => {
    clearTimeout(timer);
    stop();
  });
  void read();
  return h('section', { class: 'card order' }, backButton(), heading, body);
}

/** An order that waits has no decision yet: that is an answer too. */
function undecided(error: unknown): null {
  if (error instanceof Problem && error.status === 404) return null;
  throw error;
}

/** Which foldable parts are open now. */
function openDetails(body: HTMLElement): Set<string> {
  const open = [...body.querySelectorAll<HTMLDetailsElement>('details[open]')];
  return new Set(open.map((details) => details.dataset.part ?? ''));
}

function partsOf(order: OrderAnswer, decision: DecisionAnswer | null): HTMLElement[] {
  const warehouse = order.shipments[0]?.warehouse_id ?? null;
  return [
    summary(order, warehouse),
    ...shipmentParts(order.shipments),
    decisionPart(decision, warehouse),
    linesPart(order),
    timelinePart(order, warehouse),
    h(
      'p',
      { class: 'note' },
      `${zoneSentence(warehouse)} ${t('order.id', { id: order.order_id })}`,
    ),
  ];
}

function summary(order: OrderAnswer, warehouse: string | null): HTMLElement {
  const { state, platform_id, promise_at, current_promise_at, promise_confidence } = order;
  const { city, postal_code, country } = order.destination as Readonly<Record<string, string>>;
  const place = [city, postal_code, country].filter((part) => part !== undefined).join(' ');
  const promise: Child =
    promise_at === null
      ? t('order.no_promise')
      : [
          when(promise_at, warehouse),
          promise_confidence === null ? '' : ` · ${percent(promise_confidence)}`,
        ];
  const isMoved = current_promise_at !== null && current_promise_at !== promise_at;
  const fact = (name: string, ...value: Child[]) => [h('dt', {}, name), h('dd', {}, ...value)];
  return h(
    'div',
    {},
    h(
      'p',
      { class: 'chips' },
      h('span', { class: 'chip', 'data-state': state }, word('order_state', state)),
    ),
    h(
      'dl',
      { class: 'facts' },
      ...fact(t('order.platform'), platform_id),
      ...fact(t('order.to'), place),
      ...fact(t('order.accepted'), when(order.accepted_at, warehouse)),
      ...fact(t('order.promise'), promise),
      ...(isMoved ? fact(t('order.expected'), when(current_promise_at, warehouse)) : []),
    ),
  );
}

/** Parcels that carry something, then those that were cancelled before they left. */
function shipmentParts(shipments: readonly ShipmentAnswer[]): HTMLElement[] {
  const carrying = shipments.filter(({ state }) => state !== 'cancelled');
  const cancelled = shipments.filter(({ state }) => state === 'cancelled');
  return [...carrying, ...cancelled].map((shipment) => shipmentPart(shipment, carrying.length));
}

function shipmentPart(shipment: ShipmentAnswer, of: number): HTMLElement {
  const { warehouse_id, carrier_id, service_id, state, weight_grams } = shipment;
  const isCancelled = state === 'cancelled';
  const whole = of > 1 ? t('shipment.one_of', { count: of }) : t('shipment.title');
  const title = isCancelled ? t('shipment.cancelled') : whole;
  return h(
    'section',
    { class: 'shipment' },
    h('h3', {}, title),
    h(
      'p',
      { class: 'way' },
      h('a', { href: linkTo('warehouses', warehouse_id) }, warehouseName(warehouse_id)),
      ' → ',
      h('a', { href: linkTo('carriers', carrier_id) }, serviceName(service_id)),
      h('span', { class: 'faint' }, ` · ${word('state', state)} · ${weight(weight_grams)}`),
    ),
    isCancelled ? null : milestonesTable(shipment),
  );
}

/** Owed by, due, met: each milestone on a line of its own. */
function milestonesTable({ milestones, warehouse_id }: ShipmentAnswer): HTMLElement {
  const head = ['milestones.what', 'milestones.due', 'milestones.met'] as const;
  return h(
    'table',
    { class: 'milestones' },
    h('caption', { class: 'unseen' }, t('milestones.caption')),
    h('thead', {}, h('tr', {}, ...head.map((key) => h('th', { scope: 'col' }, t(key))))),
    h(
      'tbody',
      {},
      ...milestones.map(({ kind, owner, due_at, met_at, state }) =>
        h(
          'tr',
          { 'data-state': state },
          h(
            'th',
            { scope: 'row' },
            h(
              'div',
              { class: 'milestone' },
              milestoneSign(state),
              h('span', {}, word('milestone', kind)),
              h('span', { class: 'faint' }, ownerName(owner, t('owner.operator'))),
            ),
          ),
          h('td', {}, whenShort(due_at, warehouse_id)),
          h(
            'td',
            {},
            met_at === null ? '–' : [whenShort(met_at, warehouse_id), lateness(due_at, met_at)],
          ),
        ),
      ),
    ),
  );
}

function lateness(due_at: string, met_at: string): Child {
  const late = (Date.parse(met_at) - Date.parse(due_at)) / 1000;
  return late > 0
    ? h('span', { class: 'late' }, ` ${t('due.late', { time: duration(late) })}`)
    : null;
}

function linesPart({ lines }: OrderAnswer): HTMLElement {
  return h(
    'section',
    {},
    h('h3', {}, t('order.lines')),
    h(
      'ul',
      { class: 'plain' },
      ...lines.map(({ sku_id, quantity, allocated, shipped, cancelled }) => {
        const open = quantity - allocated - cancelled;
        const said = [
          t('lines.shipped', { count: number(shipped) }),
          open > 0 ? t('lines.open', { count: number(open) }) : '',
          cancelled > 0 ? t('lines.cancelled', { count: number(cancelled) }) : '',
        ].filter((text) => text !== '');
        return h(
          'li',
          {},
          `${number(quantity)} × ${sku_id} `,
          h('span', { class: 'faint' }, said.join(' · ')),
        );
      }),
    ),
  );
}

function timelinePart({ timeline }: OrderAnswer, warehouse: string | null): HTMLElement {
  return h(
    'section',
    {},
    h('h3', {}, t('order.timeline')),
    h(
      'ol',
      { class: 'timeline' },
      ...timeline
        .toReversed()
        .map(({ at, type }) =>
          h(
            'li',
            { 'data-type': type },
            h('span', {}, word('event', type)),
            whenShort(at, warehouse),
          ),
        ),
    ),
  );
}
