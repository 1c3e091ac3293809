/** What the page remembers: the key for this tab's session alone, tastes for longer. */
import { type Signal, signal } from './signal.ts';

const KEY = 'portolan.key';

/** The key of the operator; null = ask for one. Gone when the tab is closed. */
export const key: Signal<string | null> = signal(sessionStorage.getItem(KEY));

/** Keeps a key for the session; null forgets it. */
export function keepKey(given: string | null): void {
  if (given === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, given);
  key.set(given);
}

/**
 * Takes a key handed over as `/#key=ptl_…`, as a start script may print it. The part after # is never
 * sent anywhere, and it is struck from the address at once.
 */
export function takeKeyFromAddress(): void {
  const found = /^#key=(ptl_[A-Za-z0-9_-]+)$/.exec(location.hash);
  if (found === null) return;
  history.replaceState(null, '', location.pathname);
  keepKey(found[1]!);
}

/** A taste that is kept: theme, language, zone. */
export function taste<T extends string>(name: string, allowed: readonly T[], usual: T): Signal<T> {
  const stored = localStorage.getItem(`portolan.${name}`) as T | null;
  const kept = signal(stored !== null && allowed.includes(stored) ? stored : usual);
  const { set } = kept;
  return {
    ...kept,
    set: (value) => {
      localStorage.setItem(`portolan.${name}`, value);
      set(value);
    },
  };
}
