/** Which goods a policy keeps apart, as bits. */
import type { PolicyInput, SkuInput } from './types.ts';

/** Names that the policy keeps apart, at most 30, each a bit; a SKU may bear several. O(SKUs × pairs). */
export function compileApart(rows: readonly SkuInput[], pairs: NonNullable<PolicyInput['apart']>) {
  const names = [...new Set(pairs.flat())];
  const bitOf = (name: string | undefined) => {
    const i = name === undefined ? -1 : names.indexOf(name);
    return i < 0 ? 0 : 1 << i;
  };
  const traits = Int32Array.from(
    rows,
    (sku) =>
      bitOf(sku.temperature ?? 'ambient') |
      bitOf(sku.goods_class) |
      (sku.hazardous ? bitOf('hazardous') : 0),
  );
  const shuns = traits.map((bits) =>
    pairs.reduce((shunned, [a, b]) => {
      const first = (bits & bitOf(a)) === 0 ? 0 : bitOf(b);
      const second = (bits & bitOf(b)) === 0 ? 0 : bitOf(a);
      return shunned | first | second;
    }, 0),
  );
  return { traits, shuns };
}
