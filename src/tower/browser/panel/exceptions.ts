/** What the engine could not settle by itself: each is looked at, and settled, by a person. */
import type { Resolution } from '../../../domain/exceptions.ts';
import { ask, Problem } from '../ask.ts';
import { h, type Row, setText } from '../element.ts';
import { askExceptions, type ExceptionsAnswer, exceptions } from '../feed.ts';
import { ownerName } from '../places.ts';
import { linkTo } from '../router.ts';
import { t, word } from '../texts.ts';
import { when, zoneSentence } from '../zones.ts';
import { rowList } from './list.ts';

type ExceptionAnswer = ExceptionsAnswer['exceptions'][number];

/** What can be done about each kind; closing is always possible. */
const CHOICES: Readonly<Record<string, readonly Resolution[]>> = {
  unfillable: ['retry', 'cancel', 'close'],
  no_carrier: ['retry', 'cancel', 'close'],
  late_delivery: ['declare_lost', 'close'],
};

/** The list. */
export function exceptionsList(ended: AbortSignal): HTMLElement {
  const said = h('p', { class: 'said', role: 'status' });
  const list = rowList<ExceptionAnswer>(
    t('tab.exceptions'),
    t('exceptions.empty'),
    ({ exception_id }) => exception_id,
    (exception) => rowOf(exception, (resolution) => settle(exception, resolution)),
  );
  const stop = exceptions.watch((answer) => {
    if (answer !== null) list.show(answer.exceptions, answer.next_cursor !== null);
  });
  ended.addEventListener('abort', stop);
  const settle = async (exception: ExceptionAnswer, resolution: Resolution) => {
    const path = `/v1/exceptions/${exception.exception_id}/resolve`;
    const about = exception.external_ref ?? word('exception', exception.kind);
    try {
      await ask(path, { resolution });
      setText(said, word('resolved', resolution, { about }));
    } catch (error) {
      const why = error instanceof Problem ? error.message : String(error);
      setText(said, t('resolved.failed', { about, why }));
    }
    await askExceptions().catch(() => {});
  };
  return h(
    'section',
    {},
    h('h2', { class: 'side-title', tabindex: -1 }, t('exceptions.title')),
    h('p', { class: 'note' }, `${t('exceptions.lead')} ${zoneSentence()}`),
    said,
    list.element,
  );
}

function rowOf(
  exception: ExceptionAnswer,
  settle: (resolution: Resolution) => Promise<void>,
): Row<ExceptionAnswer> {
  const { kind, order_id, external_ref, owner, reason, opened_at } = exception;
  const actions = h('div', { class: 'row-actions' });
  const offer = () => {
    const choices = CHOICES[kind] ?? ['close'];
    actions.replaceChildren(
      ...choices.map((choice) => actionButton(choice, settle, actions, offer)),
    );
  };
  offer();
  const name = external_ref ?? order_id?.slice(0, 8) ?? '';
  const about = order_id === null ? name : h('a', { href: linkTo('orders', order_id) }, name);
  const element = h(
    'li',
    { class: 'row exception' },
    h(
      'div',
      { class: 'row-main' },
      h('span', { class: 'row-head' }, h('strong', {}, word('exception', kind)), about),
      h('span', { class: 'row-line' }, reason),
      h(
        'span',
        { class: 'row-line faint' },
        `${t('exceptions.owner', { owner: ownerName(owner, t('owner.operator')) })} · `,
        when(opened_at),
      ),
      actions,
    ),
  );
  return { element, update: () => {} };
}

/** A button that acts; what cannot be undone is asked once more, in place. */
function actionButton(
  choice: Resolution,
  settle: (resolution: Resolution) => Promise<void>,
  actions: HTMLElement,
  offer: () => void,
): HTMLElement {
  const act = async () => {
    for (const button of actions.querySelectorAll('button')) button.disabled = true;
    await settle(choice);
    offer();
  };
  const onclick = () => {
    if (choice === 'retry' || choice === 'close') return void act();
    const sure = h(
      'button',
      { type: 'button', class: 'danger', onclick: () => void act() },
      word('sure', choice),
    );
    const back = h('button', { type: 'button', onclick: offer }, t('resolve.back'));
    actions.replaceChildren(sure, back);
    sure.focus();
  };
  return h('button', { type: 'button', onclick }, word('resolve', choice));
}
