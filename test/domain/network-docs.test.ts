/** docs/network.md says what the schema and the CSV reader say: same tables, fields and columns. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Network } from '../../src/domain/network.ts';
import { CELL_FORMS } from '../../src/fulfillment/network-csv-cells.ts';
import { CSV_COLUMNS } from '../../src/fulfillment/network-csv-columns.ts';
import { STOCK_COLUMNS } from '../../src/fulfillment/network-csv-stock.ts';

const text = readFileSync(new URL('../../docs/network.md', import.meta.url), 'utf8');

interface ObjectSchema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

/** Fields of a section's table, needed ones with `!`. */
function documented(title: string): string[] {
  const section = text.split(`\n### ${title}\n`)[1]?.split('\n## ')[0]?.split('\n### ')[0] ?? '';
  return [...section.matchAll(/^\| `(\w+)` \| (yes)? ?\|/gm)].map(([, field, needed]) => {
    return `${field}${needed ? '!' : ''}`;
  });
}

function fieldsOf({ properties, required = [] }: ObjectSchema): string[] {
  return Object.keys(properties).map((field) => `${field}${required.includes(field) ? '!' : ''}`);
}

describe('docs/network.md', () => {
  test('lists the fields of the document, the policy and the lanes', () => {
    const { policy, services, carriers } = Network.properties;
    const bands = carriers.items.properties.share_bands.items;

    expect(documented('The document')).toEqual(fieldsOf(Network));
    expect(documented('`policy`')).toEqual(fieldsOf(policy));
    expect(documented('`carriers.share_bands`')).toEqual(fieldsOf(bands));
    expect(documented('`services.lanes`')).toEqual(fieldsOf(services.items.properties.lanes.items));
  });

  test.each(Object.entries(Network.properties).filter(([, part]) => 'items' in part))(
    'lists the fields of %s',
    (table, part) => {
      const row = (part as unknown as { items: ObjectSchema }).items;

      expect(documented(`\`${table}\``)).toEqual(fieldsOf(row));
    },
  );

  test('lists the columns of every CSV file', () => {
    for (const [file, columns] of Object.entries(CSV_COLUMNS)) {
      const cells = columns.map((column) => {
        return 'must' in column ? `**\`${column.name}\`**` : `\`${column.name}\``;
      });

      expect(text).toContain(`| \`${file}.csv\` | ${cells.join(' ')} |`);
    }
    for (const column of STOCK_COLUMNS) expect(text).toContain(`\`${column}\``);
  });

  test('says how each kind of cell is written', () => {
    for (const [kind, form] of Object.entries(CELL_FORMS)) {
      expect(text).toMatch(
        new RegExp(`^\\| ${kind} \\| .*\\| ${form.replace(/[[\].]/g, '\\$&')} \\|$`, 'm'),
      );
    }
  });
});
