/** Many requests, a few of them at a time or one after the other. */

/** How many at a time. */
const WIDTH = 8;

/** Does `work` for every item, a few side by side; rejects when one does. */
export async function sideBySide<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items].reverse();
  const lane = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
}

/** Lets deeds be done one after the other, in the order in which they are handed over. */
export function oneByOne(): <Done>(deed: () => Promise<Done>) => Promise<Done> {
  let last: Promise<unknown> = Promise.resolve();
  return (deed) => {
    const mine = last.then(deed);
    last = mine.catch(() => undefined);
    return mine;
  };
}
