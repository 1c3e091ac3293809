/** The parcels on the map follow the journal: what each event makes of them. */
import { describe, expect, it } from 'vitest';
import {
  clear,
  type Fleet,
  nearest,
  newFleet,
  place,
  RISK,
  remove,
  STAGE,
} from '../../src/tower/browser/map/fleet.ts';
import { type Atlas, takeShipmentEvent } from '../../src/tower/browser/map/traffic.ts';

const ATLAS: Atlas = {
  warehouse: (id) => (id === 'rotterdam' ? [100, 100] : null),
  zone: (id) => (id === 'nl' ? [200, 100] : null),
  point: ([lon, lat]) => [lon, lat],
};

function event(type: string, data: object = {}, entity_id = 's-1') {
  return {
    ...{ seq: 1, entity: 'shipment', entity_id, type, at: '2026-03-18T09:00:00Z' },
    ...{ order_id: 'o-1', warehouse_id: 'rotterdam', carrier_id: 'swift' },
    data: { ...data },
  };
}

const PLAN = {
  state: 'planned',
  zone_id: 'nl',
  pickup_at: '2026-03-18T16:00:00Z',
  expected_at: '2026-03-19T12:00:00Z',
};

function planned(): { fleet: Fleet; at: number } {
  const fleet = newFleet(2);
  takeShipmentEvent(fleet, ATLAS, event('shipment.planned', PLAN));
  return { fleet, at: fleet.index.get('s-1')! };
}

describe('a parcel on the map', () => {
  it('appears at its warehouse and ends in its zone, or at its door where that is known', () => {
    const { fleet, at } = planned();
    expect(fleet.stage[at]).toBe(STAGE.house);
    const [x0, y0, , , x1, y1] = fleet.curve.slice(at * 6, at * 6 + 6);
    expect([x0, y0]).toEqual([100, 100]);
    expect(Math.hypot(x1! - 200, y1! - 100)).toBeLessThanOrEqual(12);

    const door = { ...PLAN, position: [250, 50] };
    takeShipmentEvent(fleet, ATLAS, event('shipment.planned', door, 's-2'));
    const other = fleet.index.get('s-2')!;
    expect([...fleet.curve.slice(other * 6 + 4, other * 6 + 6)]).toEqual([250, 50]);
  });

  it('takes its lane, arrives, and never goes back', () => {
    const { fleet, at } = planned();
    takeShipmentEvent(fleet, ATLAS, event('shipment.in_transit', { state: 'in_transit' }));
    expect(fleet.stage[at]).toBe(STAGE.moving);
    takeShipmentEvent(fleet, ATLAS, event('shipment.picked', { state: 'picked' }));
    expect(fleet.stage[at]).toBe(STAGE.moving);
    takeShipmentEvent(fleet, ATLAS, event('shipment.delivered', { state: 'delivered' }));
    expect(fleet.stage[at]).toBe(STAGE.arriving);
  });

  it('is at risk until the milestone is met, and late for good once its promise has passed', () => {
    const { fleet, at } = planned();
    takeShipmentEvent(
      fleet,
      ATLAS,
      event('milestone.at_risk', { milestone: 'pack', met_at: null }),
    );
    expect(fleet.risk[at]).toBe(RISK.at_risk);
    takeShipmentEvent(fleet, ATLAS, event('shipment.picked', { state: 'picked' }));
    expect(fleet.risk[at]).toBe(RISK.at_risk);
    takeShipmentEvent(fleet, ATLAS, event('shipment.packed', { state: 'packed' }));
    expect(fleet.risk[at]).toBe(RISK.none);

    const late = { milestone: 'hand_over', met_at: '2026-03-18T17:00:00Z' };
    takeShipmentEvent(fleet, ATLAS, event('milestone.breached', late));
    expect(fleet.risk[at]).toBe(RISK.none);
    const promise = { milestone: 'delivered', met_at: null };
    takeShipmentEvent(fleet, ATLAS, event('milestone.breached', promise));
    takeShipmentEvent(fleet, ATLAS, event('shipment.in_transit', { state: 'in_transit' }));
    expect(fleet.risk[at]).toBe(RISK.breached);
  });

  it('is left alone by events of parcels and warehouses that the map does not know', () => {
    const { fleet } = planned();
    const elsewhere = { ...event('shipment.planned', PLAN, 's-9'), warehouse_id: 'nowhere' };
    expect(takeShipmentEvent(fleet, ATLAS, elsewhere)).toBeNull();
    expect(takeShipmentEvent(fleet, ATLAS, event('shipment.packed', {}, 's-8'))).toBeNull();
    expect(fleet.count).toBe(1);
  });

  it('counts once, however often it is told', () => {
    const { fleet } = planned();
    takeShipmentEvent(fleet, ATLAS, event('shipment.planned', PLAN));
    expect(fleet.count).toBe(1);
  });
});

describe('the fleet', () => {
  it('grows, and uses again the places of those that have gone', () => {
    const fleet = newFleet(2);
    const parcel = (shipment_id: string) => ({
      ...{ shipment_id, order_id: 'o', stage: STAGE.house, risk: RISK.none },
      ...{ pickup_seconds: 1, expected_seconds: 2, curve: [0, 0, 1, 1, 2, 2] as const },
    });
    for (let at = 0; at < 100; at += 1) place(fleet, parcel(`s-${at}`));
    expect(fleet).toMatchObject({ count: 100, size: 100, capacity: 128 });
    remove(fleet, fleet.index.get('s-7')!);
    expect(place(fleet, parcel('new'))).toBe(7);
    expect(fleet).toMatchObject({ count: 100, size: 100 });
    clear(fleet);
    expect(fleet).toMatchObject({ count: 0, size: 0 });
    expect(fleet.index.size).toBe(0);
  });

  it('finds what lies nearest to a point, and what is at risk before the rest', () => {
    const { fleet, at } = planned();
    fleet.x[at] = 50;
    fleet.y[at] = 50;
    takeShipmentEvent(fleet, ATLAS, event('shipment.planned', PLAN, 's-2'));
    const other = fleet.index.get('s-2')!;
    fleet.x[other] = 50;
    fleet.y[other] = 50;
    fleet.risk[other] = RISK.at_risk;
    expect(nearest(fleet, 52, 50, 9)).toBe(other);
    expect(nearest(fleet, 70, 50, 9)).toBe(-1);
  });
});
