/** The tower: everything on one page, each part in its place. */
import { banner } from './banner.ts';
import { carriersBar } from './carriers-bar.ts';
import { chartPanel } from './chart-panel.ts';
import { h } from './element.ts';
import { readParcels, startFeed } from './feed.ts';
import { figuresStrip } from './figures-strip.ts';
import { header } from './header.ts';
import { mapLegend } from './map/legend.ts';
import { mapPanel } from './map/map-panel.ts';
import { sidePanel } from './panel/side.ts';
import { at, go } from './router.ts';
import { theme } from './theme.ts';

/** Builds the page and starts what comes in; all of it ends with `ended`. */
export function showTower(ended: AbortSignal): HTMLElement {
  const map = mapPanel(
    {
      onWarehouse: (id) => go({ thing: 'warehouses', id }),
      onOrder: (id) => go({ thing: 'orders', id }),
      onNewSheet: () => void readParcels(map, ended),
    },
    ended,
  );
  const stops = [
    theme.watch(() => map.repaint()),
    at.watch((place) => {
      map.choose('thing' in place && place.thing === 'warehouses' ? place.id : null);
    }),
  ];
  ended.addEventListener('abort', () => {
    for (const stop of stops) stop();
  });
  startFeed(map, ended);
  return h(
    'div',
    { class: 'tower' },
    header(ended),
    banner(ended),
    figuresStrip(ended),
    h(
      'main',
      { class: 'stage' },
      h('div', { class: 'stage-map' }, map.element, mapLegend()),
      h('div', { class: 'stage-below' }, chartPanel(ended), carriersBar(ended)),
      sidePanel(ended),
    ),
  );
}
