/** The bar on top: name, search, the engine's clock, how well the page is connected, and tastes. */
import { h, setText, svg } from './element.ts';
import { clockRate, engineNow } from './engine-clock.ts';
import { connection } from './feed.ts';
import { places } from './places.ts';
import { searchForm } from './search.ts';
import { keepKey } from './session.ts';
import { language, languageTaste, t } from './texts.ts';
import { themeTaste } from './theme.ts';
import { dayIn, number, timeOfDayIn, zoneLabel } from './times.ts';
import { zoneFor, zoneTaste } from './zones.ts';

/** The mark of the product. */
export function brand(): SVGElement {
  return svg(
    'svg',
    { class: 'brand', viewBox: '0 0 32 32', 'aria-hidden': 'true', width: 26, height: 26 },
    svg('path', { class: 'brand-needle', d: 'M16 2 L19.6 16 L16 30 L12.4 16 Z' }),
    svg('path', { class: 'brand-cross', d: 'M2 16 L16 12.9 L30 16 L16 19.1 Z' }),
  );
}

/** The bar; it keeps itself up to date until `ended`. */
export function header(ended: AbortSignal): HTMLElement {
  const network = h('span', { class: 'network' });
  const clock = h('span', { class: 'clock' });
  const pill = h('span', { class: 'pill', 'data-state': 'loading' });
  const tick = setInterval(() => showClock(clock), 250);
  const unwatch = [
    places.watch((known) => setText(network, known?.answer.name ?? '')),
    connection.watch((state) => {
      pill.dataset.state = state;
      setText(pill, t(`pill.${state}`));
    }),
  ];
  ended.addEventListener('abort', () => {
    clearInterval(tick);
    for (const stop of unwatch) stop();
  });
  return h(
    'header',
    { class: 'bar' },
    h('a', { class: 'skip', href: '#/at-risk' }, t('page.skip')),
    h('div', { class: 'bar-name' }, brand(), h('h1', {}, 'Portolan'), network),
    searchForm(),
    h('div', { class: 'bar-state' }, clock, pill),
    h('div', { class: 'bar-tastes' }, zoneSelect(), languageButton(), themeButton(), leaveButton()),
  );
}

function showClock(clock: HTMLElement): void {
  const now = engineNow();
  if (now === null) return;
  const zone = zoneFor();
  const rate = clockRate();
  const speed = rate === 1 ? '' : ` · ${t('clock.rate', { rate: number(rate, 1) })}`;
  setText(clock, `${dayIn(zone, now)} ${timeOfDayIn(zone, now)} ${zoneLabel(zone)}${speed}`);
  clock.title = `${t('clock.title')} · ${zone}`;
}

function zoneSelect(): HTMLElement {
  const option = (value: 'viewer' | 'warehouse') =>
    h('option', { value, selected: zoneTaste.get() === value }, t(`zone.${value}`));
  const change = (event: Event) =>
    zoneTaste.set((event.target as HTMLSelectElement).value as 'viewer' | 'warehouse');
  return h(
    'select',
    { class: 'quiet', 'aria-label': t('zone.label'), onchange: change },
    option('viewer'),
    option('warehouse'),
  );
}

function languageButton(): HTMLElement {
  const other = language() === 'en' ? 'ko' : 'en';
  const name = other === 'ko' ? '한국어' : 'English';
  const onclick = () => languageTaste.set(other);
  return h('button', { type: 'button', class: 'quiet', lang: other, onclick }, name);
}

function themeButton(): HTMLElement {
  const icon = svg(
    'svg',
    { viewBox: '0 0 20 20', width: 16, height: 16, 'aria-hidden': 'true' },
    svg('circle', { cx: 10, cy: 10, r: 7, class: 'theme-ring' }),
    svg('path', { d: 'M10 3 A7 7 0 0 1 10 17 Z', class: 'theme-half' }),
  );
  const onclick = () => {
    themeTaste.set(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
  };
  const label = t('theme.switch');
  return h('button', { type: 'button', class: 'quiet icon', 'aria-label': label, onclick }, icon);
}

function leaveButton(): HTMLElement {
  const onclick = () => keepKey(null);
  return h('button', { type: 'button', class: 'quiet', onclick }, t('key.forget'));
}
