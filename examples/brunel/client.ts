/** The little of HTTP that the replay speaks: JSON, a key, and many requests side by side. */

/** Sends one request as the owner of a key; anything but success is an error that says why. */
export type Send = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

/** A client of the API at `url` that shows `key`. */
export function client(url: string, key: string): Send {
  return async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const headers: Record<string, string> = { authorization: `Bearer ${key}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const request =
      body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, request);
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 2000)}`);
    }
    return JSON.parse(text) as Answer;
  };
}

/** Does `work` for every item, at most `width` at a time; results in order. */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
