/** What the lists have in common: asking again, saying that there is nothing, moving with the arrows. */
import { h, keyedRows, type Row, setText } from '../element.ts';
import { t } from '../texts.ts';

/** Asks over and over while the list is shown; says so when it fails. */
export function keepAsking(
  pause: number,
  ended: AbortSignal,
  work: () => Promise<void>,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = async () => {
    clearTimeout(timer);
    await work().catch(() => {});
    if (!ended.aborted) timer = setTimeout(run, pause);
  };
  ended.addEventListener('abort', () => clearTimeout(timer));
  void run();
  return () => void run();
}

export interface List<T> {
  readonly element: HTMLElement;
  show(items: readonly T[], more: boolean): void;
}

/** A list of rows with a word for when it is empty and for when there is more than it shows. */
export function rowList<T>(
  label: string,
  empty: string,
  keyOf: (item: T) => string,
  create: (item: T) => Row<T>,
): List<T> {
  const rows = h('ul', { class: 'rows', 'aria-label': label, onkeydown: moveInRows });
  const nothing = h('p', { class: 'empty' }, t('list.loading'));
  const rest = h('p', { class: 'note', hidden: true }, t('list.more'));
  const show = keyedRows(rows, keyOf, create);
  return {
    element: h('div', { class: 'list' }, nothing, rows, rest),
    show: (items, more) => {
      setText(nothing, empty);
      nothing.hidden = items.length > 0;
      rest.hidden = !more;
      show(items);
    },
  };
}

/** Up and down move between the first links or buttons of the rows. */
function moveInRows(event: KeyboardEvent): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const row = (event.target as HTMLElement).closest('li');
  if (step === 0 || row === null) return;
  const next = step === 1 ? row.nextElementSibling : row.previousElementSibling;
  const target = next?.querySelector<HTMLElement>('a, button');
  if (target == null) return;
  event.preventDefault();
  target.focus();
}
