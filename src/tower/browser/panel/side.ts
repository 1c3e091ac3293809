/** The panel beside the map: lists to work through, or one thing in full. */
import { h } from '../element.ts';
import { places } from '../places.ts';
import { at, type Place, type Tab } from '../router.ts';
import { t } from '../texts.ts';
import { atRiskList } from './at-risk.ts';
import { carrierCard, warehouseCard } from './card.ts';
import { exceptionsList } from './exceptions.ts';
import { orderPage } from './order.ts';
import { carriersList, warehousesList } from './parties.ts';
import { tabList } from './tabs.ts';
import { workersList } from './workers.ts';

/** Something the panel shows until it is told to end. */
export type View = (ended: AbortSignal) => HTMLElement;

const LISTS: Readonly<Record<Tab, View>> = {
  'at-risk': atRiskList,
  exceptions: exceptionsList,
  warehouses: warehousesList,
  carriers: carriersList,
  workers: workersList,
};

/** The panel; it follows the address, once the names of the network are known. */
export function sidePanel(ended: AbortSignal): HTMLElement {
  const body = h('div', { class: 'side-body', id: 'side-body' });
  let shown: AbortController | null = null;
  const show = (place: Place, isFirst: boolean) => {
    shown?.abort();
    shown = new AbortController();
    const over = AbortSignal.any([shown.signal, ended]);
    body.replaceChildren(viewOf(place)(over));
    body.scrollTop = 0;
    if ('tab' in place) body.setAttribute('role', 'tabpanel');
    else body.removeAttribute('role');
    // What was asked for is where reading goes on; also on a narrow screen, where it is below.
    if (isFirst || 'tab' in place) return;
    body.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
    body.scrollIntoView({ block: 'nearest' });
  };
  body.append(h('p', { class: 'empty' }, t('list.loading')));
  const stops = [
    places.watch((known) => {
      if (known !== null && shown === null) show(at.get(), true);
    }),
    at.watch((place) => {
      if (shown !== null && places.get() !== null) show(place, false);
    }),
  ];
  ended.addEventListener('abort', () => {
    for (const stop of stops) stop();
  });
  return h('aside', { class: 'side', 'aria-label': t('side.label') }, tabList(ended), body);
}

function viewOf(place: Place): View {
  if ('tab' in place) return LISTS[place.tab];
  const { thing, id } = place;
  if (thing === 'orders') return (ended) => orderPage(id, ended);
  return (ended) => (thing === 'warehouses' ? warehouseCard(id, ended) : carrierCard(id, ended));
}
