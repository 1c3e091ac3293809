/** The starter network: sound, covers Korea, and can be delivered to at any hour. */
import { describe, expect, test } from 'vitest';
import starter from '../../examples/starter/network.json' with { type: 'json' };
import { compileNetwork, openBoard, source, zonesOf } from '../../routing/index.ts';
import { validateNetwork } from '../../src/domain/network-rules.ts';

const at = Temporal.Instant.from('2026-11-20T00:00:00Z').epochMilliseconds / 1000;

describe('the starter network', () => {
  const checked = validateNetwork(starter);
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  const { network } = checked;
  const compiled = compileNetwork(network, { from_seconds: at });

  test('puts every postal code of Korea into exactly one zone', () => {
    const codes = Array.from({ length: 63_000 }, (_, index) => {
      return String(1000 + index).padStart(5, '0');
    });

    const elsewhere = codes.filter((postal_code) => {
      return zonesOf(compiled, { country: 'KR', postal_code }).length !== 1;
    });

    expect(elsewhere).toEqual([]);
  });

  test('delivers a mug to every zone at every hour of the week', () => {
    const available = 100;
    const stock = network.warehouses.map(({ id }, index) => {
      return { stock_id: index + 1, warehouse_id: id, sku_id: 'mug', available };
    });
    for (let hour = 0; hour < 168; hour += 1) {
      for (const postal_code of ['04524', '16489', '24341', '35208', '47545', '40217', '63122']) {
        const result = source(
          compiled,
          openBoard(compiled, stock, []),
          {
            at_seconds: at + hour * 3600,
            destination: { country: 'KR', postal_code },
            lines: [{ line_no: 1, sku_id: 'mug', quantity: 1 }],
          },
          { work: 100_000 },
        );
        expect(result.outcome, `${postal_code} in hour ${hour}`).toBe('sourced');
      }
    }
  });

  test('can send each of its SKUs to Seoul', () => {
    for (const sku of network.skus) {
      const stock = network.warehouses.map(({ id }, index) => {
        return { stock_id: index + 1, warehouse_id: id, sku_id: sku.id, available: 5 };
      });
      const order = {
        at_seconds: at,
        destination: { country: 'KR', postal_code: '04524' },
        lines: [{ line_no: 1, sku_id: sku.id, quantity: 1 }],
      };
      const result = source(compiled, openBoard(compiled, stock, []), order, { work: 100_000 });
      expect(result.outcome, sku.id).toBe('sourced');
    }
  });
});
