/** What the signs on the map mean. */
import { h, svg } from '../element.ts';
import { type TextKey, t } from '../texts.ts';

/** The legend, to be laid over a corner of the map. */
export function mapLegend(): HTMLElement {
  const sign = (...shapes: SVGElement[]) =>
    svg('svg', { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' }, ...shapes);
  const dot = (name: string, r: number) => sign(svg('circle', { cx: 8, cy: 8, r, class: name }));
  const entries: [TextKey, SVGElement][] = [
    [
      'legend.warehouse',
      sign(
        svg('circle', { cx: 8, cy: 8, r: 6, class: 'sign-track' }),
        svg('path', { d: 'M8 2 A6 6 0 0 1 8 14', class: 'sign-load' }),
        svg('circle', { cx: 8, cy: 8, r: 2, class: 'sign-ink' }),
      ),
    ],
    [
      'legend.hub',
      sign(
        svg('rect', {
          x: 4,
          y: 4,
          width: 8,
          height: 8,
          class: 'sign-hub',
          transform: 'rotate(45 8 8)',
        }),
      ),
    ],
    ['legend.moving', dot('sign-moving', 2.6)],
    ['legend.at_risk', dot('sign-at-risk', 3.6)],
    ['legend.breached', dot('sign-breached', 4.4)],
  ];
  return h(
    'ul',
    { class: 'legend', 'aria-label': t('legend.label') },
    ...entries.map(([key, icon]) => h('li', {}, icon, h('span', {}, t(key)))),
  );
}
