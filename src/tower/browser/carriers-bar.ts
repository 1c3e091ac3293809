/** Which carrier has how much of the open work: one bar, the largest shares named. */
import { h, keyedRows, setText } from './element.ts';
import { type FiguresAnswer, figures } from './feed.ts';
import { carrierName } from './places.ts';
import { linkTo } from './router.ts';
import { t } from './texts.ts';
import { percent, short } from './times.ts';

type Share = FiguresAnswer['now']['carriers'][number];

/** Carriers that are named; the others are one share. */
const NAMED = 6;

/** The list with its heading. */
export function carriersBar(ended: AbortSignal): HTMLElement {
  const list = h('ul', { class: 'shares' });
  const empty = h('p', { class: 'note' }, t('shares.empty'));
  let open = 1;
  const show = keyedRows<Share>(
    list,
    ({ carrier_id }) => carrier_id,
    ({ carrier_id }) => rowOf(carrier_id, () => open),
  );
  const stop = figures.watch((answer) => {
    if (answer === null) return;
    const { carriers, open_parcels } = answer.now;
    open = Math.max(1, open_parcels);
    empty.hidden = carriers.length > 0;
    show(withOthers(carriers));
  });
  ended.addEventListener('abort', stop);
  return h(
    'section',
    { class: 'shares-panel', 'aria-label': t('shares.title') },
    h('h2', { class: 'chart-title' }, t('shares.title')),
    empty,
    list,
  );
}

function withOthers(carriers: readonly Share[]): Share[] {
  const rest = carriers.slice(NAMED);
  if (rest.length === 0) return [...carriers];
  const sum = (name: 'open' | 'at_risk' | 'breached') =>
    rest.reduce((total, share) => total + share[name], 0);
  const others = { open: sum('open'), at_risk: sum('at_risk'), breached: sum('breached') };
  return [...carriers.slice(0, NAMED), { carrier_id: '', ...others }];
}

function rowOf(carrier_id: string, openOf: () => number) {
  const isOthers = carrier_id === '';
  const name = h('a', { href: isOthers ? '#/carriers' : linkTo('carriers', carrier_id) });
  const bar = h('span', { class: 'share-bar' });
  const value = h('span', { class: 'share-value' });
  const element = h(
    'li',
    { class: 'share' },
    name,
    h('span', { class: 'share-track', 'aria-hidden': 'true' }, bar),
    value,
  );
  return {
    element,
    update: ({ open }: Share) => {
      setText(name, isOthers ? t('shares.others') : carrierName(carrier_id));
      bar.style.width = `${(open / openOf()) * 100}%`;
      setText(value, `${percent(open / openOf(), 0)} · ${short(open)}`);
    },
  };
}
