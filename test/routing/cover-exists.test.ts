/** Too few warehouses is a proof: never said of an order that some of them do hold. */
import { expect, it } from 'vitest';
import { coverExists } from '../../routing/cover-exists.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { runs, seedOf } from './runs.ts';

const SEED = seedOf(5);

/** By the sets of items that so many holdings can cover, one holding after the other. */
function slowly(holdings: readonly number[], items: number, most: number): boolean {
  let reached = new Set([0]);
  for (let k = 0; k < most; k++) {
    reached = new Set([...reached].flatMap((mask) => holdings.map((own) => mask | own)));
  }
  return reached.has(2 ** items - 1);
}

it('says that no few holdings cover the items exactly when none do', () => {
  const random = seededRandom(SEED);
  const answers = { yes: 0, no: 0 };
  for (let run = 0; run < runs(600); run++) {
    const items = random.between(1, 12);
    const most = random.between(1, 4);
    const share = random.next();
    const holdings = Array.from({ length: random.between(1, 12) }, () =>
      Array.from({ length: items }, (_, i) => (random.chance(share) ? 1 << i : 0)).reduce(
        (mask, bit) => mask | bit,
        0,
      ),
    );
    const truth = slowly(holdings, items, most);
    expect(coverExists(holdings, items, most).possible, `run ${run} of seed ${SEED}`).toBe(truth);
    answers[truth ? 'yes' : 'no']++;
  }
  console.log(JSON.stringify({ seed: SEED, ...answers }));
  expect(Math.min(answers.yes, answers.no)).toBeGreaterThan(50);
});

it('never says so of items that holdings just part among them, whatever else looks better', () => {
  const random = seededRandom(SEED);
  let misled = 0;
  for (let run = 0; run < runs(300); run++) {
    const most = random.between(2, 4);
    const items = most * random.between(2, 3);
    const order = random.sample([...Array(items).keys()], items);
    const parts = Array.from({ length: most }, (_, part) =>
      order.reduce((mask, item, i) => (i % most === part ? mask | (1 << item) : mask), 0),
    );
    // Each has all but one item of two parts: it looks best, and the first part is needed none the less.
    const larger = Array.from({ length: random.between(1, 4) }, () => {
      const [a, b] = random.sample(parts, 2);
      return (a! | b!) & ~(a! & -a!) & ~(b! & -b!);
    });
    misled += +!slowly(larger.concat(parts.slice(1)), items, most);
    expect(coverExists([...larger, ...parts], items, most).possible, `run ${run}`).toBe(true);
  }
  expect(misled).toBeGreaterThan(50);
});

it('answers for 30 items in a thousand warehouses within its nodes', () => {
  const random = seededRandom(SEED);
  const holdings = Array.from({ length: 1000 }, () =>
    Array.from({ length: 30 }, (_, i) => (random.chance(0.1) ? 1 << i : 0)).reduce(
      (mask, bit) => mask | bit,
      0,
    ),
  );
  expect(coverExists(holdings, 30, 2)).toMatchObject({ possible: false });
  const { work } = coverExists(holdings, 30, 4);
  expect(work).toBeLessThanOrEqual(20_001 * 1000);
});
