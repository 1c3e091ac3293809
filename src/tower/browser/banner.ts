/** A line below the bar for what everybody must know: no connection, old figures, silent workers. */
import { h, setText } from './element.ts';
import { connection, type WorkersAnswer, workers } from './feed.ts';
import { t, word } from './texts.ts';

/** The line; hidden while all is well. */
export function banner(ended: AbortSignal): HTMLElement {
  const text = h('span', {});
  const element = h('div', { class: 'banner', role: 'status', hidden: true }, text);
  const show = () => {
    const said = sentence();
    element.hidden = said === null;
    if (said === null) return;
    element.dataset.tone = said.tone;
    setText(text, said.text);
  };
  const stops = [connection.watch(show), workers.watch(show)];
  ended.addEventListener('abort', () => {
    for (const stop of stops) stop();
  });
  return element;
}

function sentence(): { tone: 'warn' | 'bad'; text: string } | null {
  const state = connection.get();
  if (state === 'stale') return { tone: 'bad', text: t('banner.stale') };
  if (state === 'broken') return { tone: 'warn', text: t('banner.broken') };
  if (state === 'no_network') return { tone: 'warn', text: t('banner.no_network') };
  const answer = workers.get();
  return answer === null ? null : aboutWorkers(answer);
}

function aboutWorkers({ queues, workers: all }: WorkersAnswer) {
  const alone = queues.filter(({ alive }) => alive === 0);
  if (alone.length > 0) {
    const names = alone.map(({ queue }) => word('queue', queue)).join(', ');
    return { tone: 'bad' as const, text: t('banner.no_worker', { queues: names }) };
  }
  const stale = all.filter(({ is_stale }) => is_stale);
  if (stale.length === 0) return null;
  const names = stale.map(({ host, pid }) => `${host} (${pid})`).join(', ');
  return { tone: 'warn' as const, text: t('banner.stale_worker', { workers: names }) };
}
