/** A value that tells when it changes. */

export interface Signal<T> {
  get(): T;
  /** Changes the value and tells everybody who listens, in the order they came. */
  set(value: T): void;
  /** Calls back with the value now and on every change, until the returned function is called. */
  watch(listener: (value: T) => void): () => void;
}

/** Makes a signal. */
export function signal<T>(first: T): Signal<T> {
  let value = first;
  const listeners = new Set<(value: T) => void>();
  return {
    get: () => value,
    set: (next) => {
      value = next;
      for (const listener of [...listeners]) listener(next);
    },
    watch: (listener) => {
      listeners.add(listener);
      listener(value);
      return () => listeners.delete(listener);
    },
  };
}
