/** The processes that do the work: who answers which queue, and who has fallen silent. */
import { h, type Row, setText } from '../element.ts';
import { type WorkersAnswer, workers } from '../feed.ts';
import { t, word } from '../texts.ts';
import { duration } from '../times.ts';
import { when, zoneSentence } from '../zones.ts';
import { rowList } from './list.ts';

type Worker = WorkersAnswer['workers'][number];

/** The list, with the queues above it. */
export function workersList(ended: AbortSignal): HTMLElement {
  const queues = h('dl', { class: 'facts' });
  const list = rowList<Worker>(
    t('tab.workers'),
    t('workers.empty'),
    ({ worker_id }) => worker_id,
    rowOf,
  );
  const stop = workers.watch((answer) => {
    if (answer === null) return;
    queues.replaceChildren(
      ...answer.queues.flatMap(({ queue, alive }) => [
        h('dt', {}, word('queue', queue)),
        h(
          'dd',
          { 'data-tone': alive === 0 ? 'bad' : 'calm' },
          t('workers.alive', { count: alive }),
        ),
      ]),
    );
    list.show(answer.workers, false);
  });
  ended.addEventListener('abort', stop);
  return h(
    'section',
    {},
    h('h2', { class: 'side-title', tabindex: -1 }, t('workers.title')),
    h('p', { class: 'note' }, `${t('workers.lead')} ${zoneSentence()}`),
    queues,
    list.element,
  );
}

function rowOf({ host, pid, queues, started_at }: Worker): Row<Worker> {
  const state = h('span', { class: 'row-due' });
  const element = h(
    'li',
    { class: 'row' },
    h(
      'div',
      { class: 'row-main' },
      h('span', { class: 'row-head' }, h('strong', {}, `${host} · ${pid}`), state),
      h(
        'span',
        { class: 'row-line faint' },
        queues.map((queue) => word('queue', queue)).join(' · '),
      ),
      h('span', { class: 'row-line faint' }, `${t('workers.since')} `, when(started_at)),
    ),
  );
  return {
    element,
    update: ({ is_stale, is_linked, silent_seconds }) => {
      element.dataset.worker = is_stale ? 'stale' : 'alive';
      element.dataset.risk = is_stale ? 'breached' : is_linked ? 'none' : 'at_risk';
      const key = is_stale ? 'worker.stale' : is_linked ? 'worker.alive' : 'worker.unlinked';
      setText(state, t(key, { time: duration(silent_seconds) }));
    },
  };
}
