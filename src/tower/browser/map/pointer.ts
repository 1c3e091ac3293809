/** Moving around on the map with a pointer: drag, wheel, pinch; a click chooses what lies under it. */
import { setText } from '../element.ts';
import { warehouseName } from '../places.ts';
import { counted, t } from '../texts.ts';
import { percent } from '../times.ts';
import { type Chart, markAt } from './chart.ts';
import { type Fleet, nearest, RISK, STAGE } from './fleet.ts';
import { zoomAt } from './view.ts';

export interface PointerTargets {
  readonly fleet: Fleet;
  readonly tip: HTMLElement;
  onWarehouse(warehouse_id: string): void;
  onParcel(at: number): void;
}

/** A press that moves less than this (px) is a click. */
const CLICK_REACH = 5;
const PARCEL_REACH = 9;

/** Listens on the map's element. */
export function listenToPointer(stage: HTMLElement, chart: Chart, targets: PointerTargets): void {
  const pointers = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  const place = (event: MouseEvent) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  stage.addEventListener('pointerdown', (event) => {
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    travelled = 0;
  });
  stage.addEventListener('pointermove', (event) => {
    const at = place(event);
    const before = pointers.get(event.pointerId);
    if (before === undefined) {
      showTip(stage, chart, targets, at);
      return;
    }
    travelled += Math.hypot(at.x - before.x, at.y - before.y);
    if (pointers.size === 1) shift(chart, at.x - before.x, at.y - before.y);
    else pinch(chart, pointers, event.pointerId, at);
    pointers.set(event.pointerId, at);
    targets.tip.hidden = true;
  });
  const release = (event: PointerEvent) => {
    const isClick = pointers.delete(event.pointerId) && travelled < CLICK_REACH;
    if (isClick && event.type === 'pointerup') choose(chart, targets, place(event));
  };
  stage.addEventListener('pointerup', release);
  stage.addEventListener('pointercancel', release);
  stage.addEventListener('pointerleave', () => {
    targets.tip.hidden = true;
  });
  stage.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const { x, y } = place(event);
      zoomAt(chart.view, Math.exp(-event.deltaY * 0.0016), x, y);
      chart.isStale = true;
    },
    { passive: false },
  );
}

function shift(chart: Chart, dx: number, dy: number): void {
  chart.view.x += dx;
  chart.view.y += dy;
  chart.isStale = true;
}

function pinch(
  chart: Chart,
  pointers: ReadonlyMap<number, { x: number; y: number }>,
  moving: number,
  to: { x: number; y: number },
): void {
  const other = [...pointers].find(([id]) => id !== moving)?.[1];
  const from = pointers.get(moving)!;
  if (other === undefined) return;
  const before = Math.hypot(from.x - other.x, from.y - other.y);
  const after = Math.hypot(to.x - other.x, to.y - other.y);
  if (before > 0) zoomAt(chart.view, after / before, (to.x + other.x) / 2, (to.y + other.y) / 2);
  chart.isStale = true;
}

function choose(chart: Chart, targets: PointerTargets, { x, y }: { x: number; y: number }): void {
  const mark = markAt(chart, x, y);
  if (mark !== null) {
    targets.onWarehouse(mark.warehouse_id);
    return;
  }
  const at = nearest(targets.fleet, x, y, PARCEL_REACH);
  if (at >= 0) targets.onParcel(at);
}

function showTip(
  stage: HTMLElement,
  chart: Chart,
  { fleet, tip }: PointerTargets,
  { x, y }: { x: number; y: number },
): void {
  const mark = markAt(chart, x, y);
  const at = mark === null ? nearest(fleet, x, y, PARCEL_REACH) : -1;
  stage.classList.toggle('is-over', mark !== null || at >= 0);
  tip.hidden = mark === null && at < 0;
  if (tip.hidden) return;
  if (mark !== null) {
    const load = mark.load === null ? '' : ` · ${t('map.load', { share: percent(mark.load, 0) })}`;
    const open = counted('parcels', mark.open);
    setText(tip, `${warehouseName(mark.warehouse_id)} · ${open}${load}`);
  } else {
    const risk = (['none', 'at_risk', 'breached'] as const)[fleet.risk[at]!]!;
    const where = fleet.stage[at] === STAGE.house ? t('map.in_house') : t('map.on_the_way');
    const danger = fleet.risk[at] === RISK.none ? '' : ` · ${t(`risk.${risk}`)}`;
    setText(tip, `${t('map.parcel')} · ${where}${danger}`);
  }
  const { width } = chart.view;
  tip.style.transform = `translate(${Math.min(x + 14, width - tip.offsetWidth - 8)}px, ${y + 14}px)`;
}
