/** Signs for how things stand: a shape each, so that colour is never the only way to tell. */
import { svg } from '../element.ts';
import { t, word } from '../texts.ts';

const SHAPES = {
  none: 'M8 2.5 A5.5 5.5 0 1 1 7.99 2.5 Z',
  at_risk: 'M8 2 L14.5 13.5 L1.5 13.5 Z',
  breached: 'M8 1.5 L14.5 8 L8 14.5 L1.5 8 Z',
} as const;

/** A parcel's risk. */
export function riskSign(risk: string): SVGElement {
  const shape = SHAPES[risk as keyof typeof SHAPES] ?? SHAPES.none;
  return sign(`sign-${risk.replace('_', '-')}`, t(`risk.${risk}` as 'risk.none'), shape);
}

const MILESTONE_SHAPES = {
  met: 'M3 8.5 L6.5 12 L13 4.5',
  open: 'M8 3 A5 5 0 1 1 7.99 3 Z',
  at_risk: SHAPES.at_risk,
  breached: SHAPES.breached,
} as const;

/** A milestone's state. */
export function milestoneSign(state: string): SVGElement {
  const shape = MILESTONE_SHAPES[state as keyof typeof MILESTONE_SHAPES] ?? MILESTONE_SHAPES.open;
  return sign(`mark-${state.replace('_', '-')}`, word('milestone_state', state), shape);
}

function sign(name: string, label: string, shape: string): SVGElement {
  return svg(
    'svg',
    {
      class: `sign ${name}`,
      viewBox: '0 0 16 16',
      width: 14,
      height: 14,
      role: 'img',
      'aria-label': label,
    },
    svg('path', { d: shape }),
  );
}
