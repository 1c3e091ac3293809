/** Every warehouse, and every carrier with work: the busiest first. */
import { h, type Row, setText } from '../element.ts';
import { figures, loads } from '../feed.ts';
import { carrierName, type MapAnswer, places, warehouseName } from '../places.ts';
import { linkTo } from '../router.ts';
import { t } from '../texts.ts';
import { percent, short } from '../times.ts';
import { rowList } from './list.ts';

type WarehouseLoad = MapAnswer['warehouses'][number];

interface Work {
  readonly id: string;
  readonly open: number;
  readonly at_risk: number;
  readonly breached: number;
  /** What is said of its capacity or share. */
  readonly said: string;
  /** From 0 to 1. */
  readonly filled: number;
}

/** The list of warehouses. */
export function warehousesList(ended: AbortSignal): HTMLElement {
  const list = rowList<Work>(
    t('tab.warehouses'),
    t('warehouses.empty'),
    ({ id }) => id,
    ({ id }) => rowOf('warehouses', id, () => warehouseName(id)),
  );
  const stop = loads.watch((answer) => {
    if (answer === null) return;
    const busiest = answer.warehouses.toSorted((a, b) => b.open - a.open);
    list.show(busiest.map(workOf), false);
  });
  ended.addEventListener('abort', stop);
  return titled(t('warehouses.title'), t('warehouses.lead'), list.element);
}

function workOf({ warehouse_id, taken_today, ...tally }: WarehouseLoad): Work {
  const limit = places.get()?.warehouses.get(warehouse_id)?.parcels_per_day ?? null;
  const { open, at_risk, breached, in_house } = tally;
  const load = taken_today === null || !limit ? null : taken_today / limit;
  const said =
    load === null || limit === null
      ? t('warehouses.in_house', { count: short(in_house) })
      : t('warehouses.load', {
          used: short(taken_today!),
          limit: short(limit),
          share: percent(load, 0),
        });
  return { id: warehouse_id, open, at_risk, breached, said, filled: Math.min(1, load ?? 0) };
}

/** The list of carriers with open parcels. */
export function carriersList(ended: AbortSignal): HTMLElement {
  const list = rowList<Work>(
    t('tab.carriers'),
    t('carriers.empty'),
    ({ id }) => id,
    ({ id }) => rowOf('carriers', id, () => carrierName(id)),
  );
  const stop = figures.watch((answer) => {
    if (answer === null) return;
    const all = Math.max(1, answer.now.open_parcels);
    const work = answer.now.carriers.map(({ carrier_id, open, at_risk, breached }) => ({
      ...{ id: carrier_id, open, at_risk, breached, filled: open / all },
      said: t('carriers.share', { share: percent(open / all) }),
    }));
    list.show(work, false);
  });
  ended.addEventListener('abort', stop);
  return titled(t('carriers.title'), t('carriers.lead'), list.element);
}

function titled(title: string, lead: string, list: HTMLElement): HTMLElement {
  return h(
    'section',
    {},
    h('h2', { class: 'side-title', tabindex: -1 }, title),
    h('p', { class: 'note' }, lead),
    list,
  );
}

function rowOf(thing: 'warehouses' | 'carriers', id: string, nameOf: () => string): Row<Work> {
  const name = h('strong', {});
  const open = h('span', { class: 'row-due' });
  const said = h('span', { class: 'row-line faint' });
  const bar = h('span', { class: 'share-bar' });
  const danger = h('span', { class: 'row-danger' });
  const element = h(
    'li',
    { class: 'row' },
    h(
      'a',
      { class: 'row-main', href: linkTo(thing, id) },
      h('span', { class: 'row-head' }, name, open),
      h('span', { class: 'share-track', 'aria-hidden': 'true' }, bar),
      h('span', { class: 'row-foot' }, said, danger),
    ),
  );
  return {
    element,
    update: (work) => {
      setText(name, nameOf());
      setText(open, t('parties.open', { count: short(work.open) }));
      setText(said, work.said);
      bar.style.width = `${work.filled * 100}%`;
      bar.dataset.full = String(work.filled > 0.85);
      setText(danger, dangerOf(work));
    },
  };
}

/** How many of its parcels are in danger, in words; empty = none. */
function dangerOf({ at_risk, breached }: Work): string {
  const late = breached > 0 ? t('parties.breached', { count: short(breached) }) : '';
  const near = at_risk > 0 ? t('parties.at_risk', { count: short(at_risk) }) : '';
  return [near, late].filter((text) => text !== '').join(' · ');
}
