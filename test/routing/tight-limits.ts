/** Limits of services that some goods only just keep, or only just break. */
import type { SkuInput, SourcingOrder } from '../../routing/index.ts';
import type { Random } from '../../src/simulation/random.ts';

/** Limits around the lines together, each of the SKU in its place. */
export function limitsAround(
  random: Random,
  skus: readonly SkuInput[],
  lines: SourcingOrder['lines'],
) {
  const sides = lines.map((_, i) => {
    const { length_mm, width_mm, height_mm } = skus[i]!;
    return [length_mm, width_mm, height_mm].sort((a, b) => b - a) as [number, number, number];
  });
  const weights = lines.map(({ weight_grams, quantity }, i) => {
    return weight_grams ?? skus[i]!.weight_grams * quantity;
  });
  const less = (one: number) => (random.chance(0.2) ? one : 0);
  return {
    max_weight_grams: weights.reduce((sum, one) => sum + one, 0) - less(0.001),
    max_length_mm: Math.max(...sides.map(([a]) => a)) - less(1),
    max_girth_plus_length_mm: Math.max(...sides.map(([a, b, c]) => a + 2 * b + 2 * c)) - less(1),
  };
}
