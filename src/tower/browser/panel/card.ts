/** One warehouse or carrier in full: its work, capacity and scorecard. */
import type {
  Answered,
  TowerCarrier,
  TowerWarehouse,
} from '../../../api/resources/tower-answer.ts';
import { ask, Problem } from '../ask.ts';
import { type Child, h } from '../element.ts';
import { carrierName, serviceName, warehouseName } from '../places.ts';
import { go, linkTo } from '../router.ts';
import { counted, t, word } from '../texts.ts';
import { percent, short } from '../times.ts';
import { when, zoneSentence } from '../zones.ts';
import { keepAsking } from './list.ts';

type WarehouseAnswer = Answered<typeof TowerWarehouse>;
type CarrierAnswer = Answered<typeof TowerCarrier>;

const EVERY_MS = 2500;
/** Partners that are named; the others are in the lists. */
const PARTNERS = 8;

/** The card of a warehouse. */
export function warehouseCard(id: string, ended: AbortSignal): HTMLElement {
  return card<WarehouseAnswer>(
    `/v1/tower/warehouses/${id}`,
    warehouseName(id),
    id,
    ended,
    (answer) => [
      h('p', { class: 'note' }, t('card.zone', { zone: answer.time_zone })),
      totals(answer),
      workTable(answer.work),
      capacity(answer.capacity),
      scorecard(answer.scorecard, id, [['card.short_picks', answer.scorecard.short_picks]]),
      partners(
        t('card.by_carrier'),
        answer.carriers.map(({ carrier_id, open }) => [
          h('a', { href: linkTo('carriers', carrier_id) }, carrierName(carrier_id)),
          open,
        ]),
      ),
    ],
  );
}

/** The card of a carrier. */
export function carrierCard(id: string, ended: AbortSignal): HTMLElement {
  return card<CarrierAnswer>(`/v1/tower/carriers/${id}`, carrierName(id), null, ended, (answer) => [
    h(
      'p',
      { class: 'note' },
      t('card.services', {
        services: counted('services', answer.services),
        share: percent(answer.share),
      }),
    ),
    totals(answer),
    workTable(answer.work),
    capacity(answer.capacity),
    scorecard(answer.scorecard, null, [
      ['card.accepted', answer.scorecard.accepted],
      ['card.rejected', answer.scorecard.rejected],
      ['card.expired', answer.scorecard.expired],
      ['card.lost', answer.scorecard.lost],
      ['card.returned', answer.scorecard.returned],
    ]),
    partners(
      t('card.by_warehouse'),
      answer.warehouses.map(({ warehouse_id, open }) => [
        h('a', { href: linkTo('warehouses', warehouse_id) }, warehouseName(warehouse_id)),
        open,
      ]),
    ),
  ]);
}

function card<T>(
  path: string,
  name: string,
  warehouse_id: string | null,
  ended: AbortSignal,
  parts: (answer: T) => Child[],
): HTMLElement {
  const body = h('div', { class: 'card-body' }, h('p', { class: 'empty' }, t('list.loading')));
  let shown = '';
  keepAsking(EVERY_MS, ended, async () => {
    try {
      const answer = await ask<T & { as_of: string; clock_rate: number }>(path);
      const { as_of: _at, clock_rate: _rate, ...facts } = answer;
      // Only what has changed is drawn anew: a reader's place is not lost.
      if (JSON.stringify(facts) === shown) return;
      shown = JSON.stringify(facts);
      const part = h('div', {});
      for (const child of parts(answer)) if (child instanceof Node) part.append(child);
      body.replaceChildren(part);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'not_found') throw error;
      body.replaceChildren(h('p', { class: 'empty' }, t('card.unknown')));
    }
  });
  return h(
    'section',
    { class: 'card' },
    backButton(),
    h('h2', { class: 'side-title', tabindex: -1 }, name),
    body,
    h('p', { class: 'note' }, zoneSentence(warehouse_id)),
  );
}

/** The way back to the list. */
export function backButton(): HTMLElement {
  const onclick = () => (history.length > 1 ? history.back() : go({ tab: 'at-risk' }));
  return h('button', { type: 'button', class: 'back', onclick }, `← ${t('card.back')}`);
}

function totals({ open, at_risk, breached }: { open: number; at_risk: number; breached: number }) {
  const one = (label: string, value: number, tone: string) =>
    h(
      'div',
      { class: 'total', 'data-tone': value > 0 ? tone : 'calm' },
      h('span', { class: 'total-value' }, short(value)),
      h('span', { class: 'total-label' }, label),
    );
  return h(
    'div',
    { class: 'totals' },
    one(t('card.open'), open, 'calm'),
    one(t('risk.at_risk'), at_risk, 'warn'),
    one(t('risk.breached'), breached, 'bad'),
  );
}

function workTable(work: readonly { state: string; parcels: number }[]): HTMLElement {
  const most = Math.max(1, ...work.map(({ parcels }) => parcels));
  return h(
    'section',
    {},
    h('h3', {}, t('card.work')),
    h(
      'ul',
      { class: 'shares' },
      ...work.map(({ state, parcels }) =>
        bar(word('state', state), parcels / most, short(parcels)),
      ),
    ),
  );
}

function bar(label: Child, share: number, value: string): HTMLElement {
  const fill = h('span', { class: 'share-bar' });
  fill.style.width = `${Math.min(1, share) * 100}%`;
  fill.dataset.full = 'false';
  return h(
    'li',
    { class: 'share' },
    h('span', {}, label),
    h('span', { class: 'share-track', 'aria-hidden': 'true' }, fill),
    h('span', { class: 'share-value' }, value),
  );
}

function capacity(uses: readonly { resource: string; used: number; limit: number }[]): Child {
  if (uses.length === 0) return h('p', { class: 'note' }, t('card.no_capacity'));
  return h(
    'section',
    {},
    h('h3', {}, t('card.capacity')),
    h(
      'ul',
      { class: 'shares' },
      ...uses.map(({ resource, used, limit }) => {
        const [kind, id = ''] = resource.split('/', 2);
        const label = kind === 'parcels' ? t('card.parcels_today') : serviceName(id);
        return bar(label, limit === 0 ? 0 : used / limit, `${short(used)} / ${short(limit)}`);
      }),
    ),
  );
}

interface Score {
  readonly since: string;
  readonly parcels: number;
  readonly milestones: readonly { kind: string; owed: number; kept: number }[];
}

type Count = readonly [
  key:
    | 'card.short_picks'
    | 'card.accepted'
    | 'card.rejected'
    | 'card.expired'
    | 'card.lost'
    | 'card.returned',
  value: number,
];

function scorecard(score: Score, warehouse_id: string | null, counts: readonly Count[]): Child {
  const { since, parcels, milestones } = score;
  const kept = milestones.map(({ kind, owed, kept: met }) => {
    const share = owed === 0 ? 0 : met / owed;
    const value = owed === 0 ? '–' : `${percent(share)} · ${short(met)}/${short(owed)}`;
    return bar(word('milestone', kind), share, value);
  });
  return h(
    'section',
    {},
    h('h3', {}, t('card.scorecard')),
    h(
      'p',
      { class: 'note' },
      `${t('card.scored', { parcels: counted('parcels', parcels, short(parcels)) })} `,
      when(since, warehouse_id),
    ),
    h('ul', { class: 'shares wide' }, ...kept),
    h(
      'dl',
      { class: 'facts' },
      ...counts.flatMap(([key, value]) => [h('dt', {}, t(key)), h('dd', {}, short(value))]),
    ),
  );
}

function partners(title: string, rows: readonly (readonly [HTMLElement, number])[]): Child {
  if (rows.length === 0) return null;
  const most = Math.max(1, ...rows.map(([, open]) => open));
  return h(
    'section',
    {},
    h('h3', {}, title),
    h(
      'ul',
      { class: 'shares' },
      ...rows.slice(0, PARTNERS).map(([link, open]) => bar(link, open / most, short(open))),
    ),
  );
}
