/**
 * The text of one spreadsheet cell as a field of the network. A cell that cannot be read becomes a
 * fault that says what its column expects; whether the value makes sense is for the network's rules.
 */

/** What a column holds. */
export type CellKind =
  | 'text'
  | 'number'
  | 'truth'
  | 'list'
  | 'pairs'
  | 'hours'
  | 'times'
  | 'time'
  | 'polygon'
  | 'miles';

/** A cell read: its value, or what was expected instead. */
export type Cell = { readonly value: unknown } | { readonly expected: string };

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const TIME = '[0-2][0-9]:[0-5][0-9]';

/** What people write into a column of each kind; shown in errors and in docs/network.md. */
export const CELL_FORMS: { readonly [kind in CellKind]: string } = {
  text: 'text',
  number: 'a number such as 1250 or 0.95',
  truth: 'true or false',
  list: 'values with ; between them, such as a; b; c',
  pairs: 'pairs such as hazardous & food; ambient & frozen',
  hours: 'hours such as mon-fri 08:00-12:00 13:00-18:00; sat 09:00-13:00',
  times: 'times such as mon-fri 12:00 18:00; sat 12:00',
  time: 'one time a day such as mon-fri 16:00; sat 11:00',
  miles: 'miles such as hub-a day-1; hub-b day-2 other-carrier',
  polygon: 'GeoJSON rings such as [[[126.9,37.4],[127.1,37.4],[127.1,37.6],[126.9,37.4]]]',
};

/** Reads a cell that is not empty. */
export function readCell(kind: CellKind, text: string): Cell {
  switch (kind) {
    case 'text':
      return { value: text };
    case 'number':
      return readNumber(text);
    case 'truth':
      return readTruth(text);
    case 'list':
      return { value: splitList(text) };
    case 'pairs':
      return readPairs(text);
    case 'miles':
      return readMiles(text);
    case 'polygon':
      return readJson(text);
    default:
      return readWeek(kind, text);
  }
}

function unread(kind: CellKind): Cell {
  return { expected: CELL_FORMS[kind] };
}

function readNumber(text: string): Cell {
  // Strict: "1,5", "12 kg" and "0x10" are mistakes, not numbers.
  if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text))
    return unread('number');
  return { value: Number(text) };
}

function readTruth(text: string): Cell {
  const word = text.toLowerCase();
  if (['true', 'yes', '1'].includes(word)) return { value: true };
  if (['false', 'no', '0'].includes(word)) return { value: false };
  return unread('truth');
}

function splitList(text: string): string[] {
  return text
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function readPairs(text: string): Cell {
  const pairs = splitList(text).map((pair) => pair.split('&').map((name) => name.trim()));
  const whole = pairs.every((pair) => pair.length === 2 && pair.every((name) => name !== ''));
  return whole ? { value: pairs } : unread('pairs');
}

/** Entries `hub transit-time [carrier]` with `;` between them. */
function readMiles(text: string): Cell {
  const miles = splitList(text).map((entry) => entry.split(/\s+/));
  if (miles.length === 0 || miles.some(({ length }) => length < 2 || length > 3)) {
    return unread('miles');
  }
  return {
    value: miles.map(([hub_id, transit_time_id, carrier_id]) =>
      carrier_id === undefined
        ? { hub_id, transit_time_id }
        : { hub_id, transit_time_id, carrier_id },
    ),
  };
}

function readJson(text: string): Cell {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return unread('polygon');
  }
}

/** Entries `day[-day] what…` with `;` between them; a day named twice gathers both. */
function readWeek(kind: 'hours' | 'times' | 'time', text: string): Cell {
  const week: Record<string, unknown[]> = {};
  for (const entry of splitList(text)) {
    const [days, ...what] = entry.split(/\s+/);
    const named = daysNamed(days!.toLowerCase());
    const values = what.map((word) => readWeekWord(kind, word));
    if (named === null || values.length === 0 || values.includes(null)) return unread(kind);
    for (const day of named) week[day] = [...(week[day] ?? []), ...values];
  }
  if (kind !== 'time') return { value: week };
  if (Object.values(week).some((times) => times.length !== 1)) return unread('time');
  return { value: Object.fromEntries(Object.entries(week).map(([day, [time]]) => [day, time])) };
}

function readWeekWord(kind: 'hours' | 'times' | 'time', word: string): unknown {
  if (kind !== 'hours') return new RegExp(`^${TIME}$`).test(word) ? word : null;
  const span = new RegExp(`^(${TIME})-(${TIME})$`).exec(word);
  return span === null ? null : [span[1], span[2]];
}

function daysNamed(text: string): string[] | null {
  if (text === 'daily') return DAYS;
  const [from, to, more] = text.split('-');
  const first = DAYS.indexOf(from!);
  const last = to === undefined ? first : DAYS.indexOf(to);
  if (first < 0 || last < first || more !== undefined) return null;
  return DAYS.slice(first, last + 1);
}
