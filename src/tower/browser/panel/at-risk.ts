/** Parcels that are about to be late or are, the most urgent first. */
import type { Answered, TowerAtRisk } from '../../../api/resources/tower-answer.ts';
import { ask } from '../ask.ts';
import { h, type Row, setText } from '../element.ts';
import { engineNow } from '../engine-clock.ts';
import { carrierName, ownerName, warehouseName } from '../places.ts';
import { linkTo } from '../router.ts';
import { t, word } from '../texts.ts';
import { duration, instantIn } from '../times.ts';
import { zoneFor, zoneSentence } from '../zones.ts';
import { keepAsking, rowList } from './list.ts';
import { riskSign } from './signs.ts';

type Answer = Answered<typeof TowerAtRisk>;
type Parcel = Answer['parcels'][number];

const EVERY_MS = 2500;
const LIMIT = 60;

/** The list. */
export function atRiskList(ended: AbortSignal): HTMLElement {
  const list = rowList<Parcel>(
    t('tab.at-risk'),
    t('at_risk.empty'),
    ({ shipment_id }) => shipment_id,
    rowOf,
  );
  keepAsking(EVERY_MS, ended, async () => {
    const answer = await ask<Answer>(`/v1/tower/at-risk?limit=${LIMIT}`);
    list.show(answer.parcels, answer.next_cursor !== null);
  });
  return h(
    'section',
    {},
    h('h2', { class: 'side-title', tabindex: -1 }, t('at_risk.title')),
    h('p', { class: 'note' }, zoneSentence()),
    list.element,
  );
}

function rowOf({ order_id, external_ref }: Parcel): Row<Parcel> {
  const sign = h('span', { class: 'row-sign' });
  const due = h('span', { class: 'row-due' });
  const owes = h('span', { class: 'row-line' });
  const way = h('span', { class: 'row-line faint' });
  const element = h(
    'li',
    { class: 'row' },
    sign,
    h(
      'a',
      { class: 'row-main', href: linkTo('orders', order_id) },
      h('span', { class: 'row-head' }, h('strong', {}, external_ref ?? order_id.slice(0, 8)), due),
      owes,
      way,
    ),
  );
  let risk = '';
  return {
    element,
    update: (parcel) => {
      if (risk !== parcel.risk) {
        risk = parcel.risk;
        element.dataset.risk = risk;
        sign.replaceChildren(riskSign(parcel.risk));
      }
      setText(due, dueOf(parcel));
      setText(owes, owesOf(parcel));
      const { warehouse_id, carrier_id, state } = parcel;
      const names = `${warehouseName(warehouse_id)} → ${carrierName(carrier_id)}`;
      setText(way, `${names} · ${word('state', state)}`);
    },
  };
}

function dueOf({ due_at, promise_at, risk }: Parcel): string {
  const due = Date.parse(risk === 'breached' ? promise_at : (due_at ?? promise_at));
  const left = (due - (engineNow() ?? due)) / 1000;
  return t(left >= 0 ? 'due.in' : 'due.late', { time: duration(left) });
}

function owesOf({ owes, owner, due_at, promise_at, risk, warehouse_id }: Parcel): string {
  const zone = zoneFor(warehouse_id);
  if (owes === null || owner === null) return t('at_risk.nothing_owed');
  const values = {
    owner: ownerName(owner, t('owner.operator')),
    milestone: word('milestone', owes),
    at: instantIn(zone, due_at ?? promise_at),
    promise: instantIn(zone, promise_at),
  };
  return t(risk === 'breached' ? 'at_risk.owes_late' : 'at_risk.owes', values);
}
