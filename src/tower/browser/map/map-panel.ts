/** The live map: three canvases on top of each other, and how one moves around on them. */
import { h } from '../element.ts';
import { engineNow } from '../engine-clock.ts';
import { type MapAnswer, type Places, places } from '../places.ts';
import { t } from '../texts.ts';
import {
  atlasOf,
  type Canvases,
  type Chart,
  fitChart,
  groundOf,
  layOut,
  newChart,
  redraw,
} from './chart.ts';
import { type DotLayer, dotLayer } from './dots.ts';
import { type Fleet, newFleet } from './fleet.ts';
import { marksOf } from './ground.ts';
import { readPalette, toNumber } from './palette.ts';
import { listenToPointer } from './pointer.ts';
import { drawPulses, type Pulse } from './pulses.ts';
import type { Atlas } from './traffic.ts';
import { zoomAt } from './view.ts';

export interface MapPanel {
  readonly element: HTMLElement;
  readonly fleet: Fleet;
  readonly atlas: Atlas;
  /** Takes in new loads of warehouses and lanes. */
  setMap(answer: MapAnswer): void;
  /** Marks one warehouse; null = none. */
  choose(warehouse_id: string | null): void;
  /** A ring that spreads where a parcel starts, to be noticed. */
  pulse(at: number): void;
  /** Takes over another network. */
  layOut(known: Places): void;
  /** The theme has changed. */
  repaint(): void;
}

export interface MapChoices {
  onWarehouse(warehouse_id: string): void;
  onOrder(order_id: string): void;
  /** Called when the map is another: parcels must be put on it. */
  onNewSheet(): void;
}

const PULSES_MOST = 60;
const IDLE_MS = 250;
const ZOOM_STEP = 1.6;

/** Makes the map; it draws by itself until `ended`. */
export function mapPanel(choices: MapChoices, ended: AbortSignal): MapPanel {
  const canvas = (name: string) => h('canvas', { class: `map-${name}`, 'aria-hidden': 'true' });
  const canvases: Canvases = [canvas('ground'), canvas('dots'), canvas('marks')];
  const tip = h('div', { class: 'map-tip', hidden: true });
  const label = t('map.label');
  const stage = h('div', { class: 'map-stage', role: 'img', 'aria-label': label }, ...canvases);
  stage.append(tip);
  const chart = newChart();
  const fleet = newFleet();
  const pulses: Pulse[] = [];
  const dots = dotLayer(canvases[1]);
  const refit = () => fitChart(chart, canvases, dots, stage.getBoundingClientRect());
  const observer = new ResizeObserver(refit);
  observer.observe(stage);
  ended.addEventListener('abort', () => observer.disconnect());
  const { onWarehouse } = choices;
  const onParcel = (at: number) => choices.onOrder(fleet.order_ids[at]!);
  listenToPointer(stage, chart, { fleet, tip, onWarehouse, onParcel });
  drawFrames({ chart, canvases, dots, fleet, pulses }, ended);
  return {
    ...{ element: h('div', { class: 'map' }, stage, buttons(chart, refit)), fleet },
    atlas: atlasOf(chart),
    setMap: (map) => {
      const known = places.get();
      if (known === null) return;
      const isFirst = chart.ground === null || chart.ground.map === null;
      chart.ground = groundOf(chart.sheet, known, map);
      chart.marks = marksOf(chart.ground);
      chart.isStale = true;
      if (isFirst) choices.onNewSheet();
    },
    choose: (warehouse_id) => {
      chart.chosen = warehouse_id;
      chart.isStale = true;
    },
    pulse: (at) => {
      const [x, y] = [fleet.curve[at * 6]!, fleet.curve[at * 6 + 1]!];
      if (pulses.length < PULSES_MOST) pulses.push({ x, y, age: 0, risk: 0, isFixed: true });
    },
    layOut: (known) => {
      void layOut(chart, known);
      refit();
    },
    repaint: () => {
      chart.palette = readPalette();
      chart.isStale = true;
    },
  };
}

function buttons(chart: Chart, refit: () => void): HTMLElement {
  const zoom = (factor: number) => () => {
    zoomAt(chart.view, factor, chart.view.width / 2, chart.view.height / 2);
    chart.isStale = true;
  };
  const button = (label: string, sign: string, onclick: () => void) =>
    h('button', { type: 'button', class: 'map-button', 'aria-label': label, onclick }, sign);
  return h(
    'div',
    { class: 'map-buttons' },
    button(t('map.zoom_in'), '+', zoom(ZOOM_STEP)),
    button(t('map.zoom_out'), '−', zoom(1 / ZOOM_STEP)),
    button(t('map.whole'), '⤢', refit),
  );
}

interface Scene {
  readonly chart: Chart;
  readonly canvases: Canvases;
  readonly dots: DotLayer;
  readonly fleet: Fleet;
  readonly pulses: Pulse[];
}

/** Draws frame after frame. */
function drawFrames({ chart, canvases, dots, fleet, pulses }: Scene, ended: AbortSignal): void {
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const context = canvases[1].getContext('2d')!;
  let last = performance.now();
  let changes = -1;
  let isMoving = true;
  const frame = (at: number) => {
    // Where nothing moves that can be seen, looking a few times a second is enough.
    const isNew = chart.isStale || fleet.changes !== changes || pulses.length > 0;
    if (isNew || isMoving || at - last > IDLE_MS) {
      const seconds = Math.min(0.25, (at - last) / 1000);
      last = at;
      changes = fleet.changes;
      redraw(chart, canvases);
      const { view, palette } = chart;
      isMoving = dots.draw({
        ...{ fleet, view, seconds, still: still.matches },
        now: (engineNow() ?? 0) / 1000,
        colours: [toNumber(palette.moving), toNumber(palette.at_risk), toNumber(palette.breached)],
        onArrived: (x, y, risk) => {
          if (pulses.length < PULSES_MOST) pulses.push({ x, y, age: 0, risk, isFixed: false });
        },
      });
      drawPulses(context, view, palette, pulses, seconds);
    }
    if (!ended.aborted) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
