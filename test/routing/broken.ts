/** Documents with one field broken, and all fields that could be. */

type Key = string | number;

const keysOf = (path: string): Key[] =>
  [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([name, i]) =>
    i === undefined ? name : Number(i),
  );

/** A copy in which the field at a path such as `skus[0].id` is another value; undefined = it is not there. */
export function withField<T>(document: T, path: string, value: unknown): T {
  const copy = structuredClone(document);
  const keys = keysOf(path);
  const last = keys.pop()!;
  const parent = keys.reduce<Record<Key, unknown>>(
    (at, key) => at[key] as Record<Key, unknown>,
    copy as Record<Key, unknown>,
  );
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

/** Paths of all numbers in a document. */
export function numbersIn(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const name = Array.isArray(value) ? `[${key}]` : path === '' ? key : `.${key}`;
    return numbersIn(part, `${path}${name}`);
  });
}

/** What is thrown; fails the test where nothing is. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
}
