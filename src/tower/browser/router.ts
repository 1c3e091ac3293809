/** What the panel beside the map shows, as the part of the address behind #. */
import { type Signal, signal } from './signal.ts';

/** The lists of the panel, in the order of their tabs. */
export const TABS = ['at-risk', 'exceptions', 'warehouses', 'carriers', 'workers'] as const;
export type Tab = (typeof TABS)[number];
export type Thing = 'orders' | 'warehouses' | 'carriers';

/** A list, or one thing. */
export type Place = { readonly tab: Tab } | { readonly thing: Thing; readonly id: string };

/** The place of the panel now. */
export const at: Signal<Place> = signal(read());

/** Goes to a list or a thing; the browser's back button comes back. */
export function go(place: Place): void {
  location.hash =
    'tab' in place ? `#/${place.tab}` : `#/${place.thing}/${encodeURIComponent(place.id)}`;
}

/** The link to a thing. */
export function linkTo(thing: Thing, id: string): string {
  return `#/${thing}/${encodeURIComponent(id)}`;
}

function read(): Place {
  const [, first = '', id = ''] = location.hash.split('/');
  if (id !== '' && (first === 'orders' || first === 'warehouses' || first === 'carriers')) {
    return { thing: first, id: decodeURIComponent(id) };
  }
  return { tab: TABS.find((tab) => tab === first) ?? 'at-risk' };
}

addEventListener('hashchange', () => at.set(read()));
