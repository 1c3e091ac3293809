/** Many requests, a few of them at a time. */

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
