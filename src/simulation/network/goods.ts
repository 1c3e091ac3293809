/** What is sold in the demo's network: SKUs of every kind of handling, and their sellers. */
import type { Seller, Sku } from '../../domain/network.ts';
import { type Random, randomFor } from '../random.ts';

interface Goods {
  /** Share of all SKUs. */
  readonly share: number;
  readonly nouns: readonly string[];
  readonly grams: readonly [least: number, most: number];
  readonly millimetres: readonly [least: number, most: number];
  readonly handling: Partial<Pick<Sku, 'temperature' | 'hazardous' | 'minimum_life_days'>>;
}

/** The kinds of goods; shares add up to 1. */
const GOODS: Readonly<Record<string, Goods>> = {
  ambient: {
    share: 0.74,
    nouns: ['Shirt', 'Socks', 'Notebook', 'Mug', 'Green tea', 'Ramyeon', 'Soap', 'Lamp', 'Headset'],
    grams: [60, 3_000],
    millimetres: [40, 320],
    handling: {},
  },
  chilled: {
    share: 0.1,
    nouns: ['Kimchi', 'Milk', 'Tofu', 'Strawberries', 'Salad', 'Yoghurt', 'Cheese'],
    grams: [150, 2_500],
    millimetres: [60, 260],
    handling: { temperature: 'chilled', minimum_life_days: 3 },
  },
  frozen: {
    share: 0.07,
    nouns: ['Dumplings', 'Ice cream', 'Shrimp', 'Blueberries', 'Pizza'],
    grams: [200, 2_500],
    millimetres: [60, 300],
    handling: { temperature: 'frozen' },
  },
  bulky: {
    share: 0.05,
    nouns: ['Desk', 'Mattress', 'Bicycle', 'Air purifier', 'Bookshelf', 'Treadmill'],
    grams: [12_000, 60_000],
    millimetres: [500, 1_900],
    handling: {},
  },
  hazardous: {
    share: 0.04,
    nouns: ['Paint', 'Nail polish remover', 'Power bank', 'Camping gas', 'Hair spray'],
    grams: [100, 2_000],
    millimetres: [50, 250],
    handling: { hazardous: true },
  },
};

/** Sellers of the demo, by their codes. */
export function generateSellers(count: number): Seller[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(2, '0');
    return { id: `seller-${number}`, name: `Seller ${number}` };
  });
}

/** SKUs in order of their codes; each kind has its share, spread over the sellers. */
export function generateSkus(seed: number, count: number, sellers: readonly Seller[]): Sku[] {
  const kinds = Object.keys(GOODS);
  let given = 0;
  let share = 0;
  return kinds.flatMap((kind) => {
    const goods = GOODS[kind]!;
    share += goods.share;
    const until = Math.round(share * count);
    const own = Array.from({ length: until - given }, (_, index) => {
      const random = randomFor(seed, 'sku', kind, index);
      return generateSku(random, { kind, index, goods, seller: random.pick(sellers) });
    });
    given = until;
    return own;
  });
}

function generateSku(
  random: Random,
  about: { kind: string; index: number; goods: Goods; seller: Seller },
): Sku {
  const { kind, index, goods, seller } = about;
  const number = String(index + 1).padStart(4, '0');
  const [length_mm, width_mm, height_mm] = [1, 2, 3]
    .map(() => between(random, goods.millimetres))
    .sort((a, b) => b - a) as [number, number, number];
  return {
    id: `${kind}-${number}`,
    seller_id: seller.id,
    name: `${random.pick(goods.nouns)} ${number}`,
    weight_grams: between(random, goods.grams),
    length_mm,
    width_mm,
    height_mm,
    ...goods.handling,
  };
}

/** Small ones are more frequent than large ones: uniform in the logarithm. */
function between(random: Random, [least, most]: readonly [number, number]): number {
  return Math.round(least * (most / least) ** random.next());
}
