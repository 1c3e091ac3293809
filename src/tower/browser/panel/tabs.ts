/** The tabs of the panel, each with how much waits behind it. */
import { h, setText } from '../element.ts';
import { exceptions, figures, workers } from '../feed.ts';
import { at, go, type Place, TABS, type Tab } from '../router.ts';
import { t } from '../texts.ts';
import { short } from '../times.ts';

/** The tabs: one stop for the Tab key, arrows move between them. */
export function tabList(ended: AbortSignal): HTMLElement {
  const counts = new Map(TABS.map((tab) => [tab, h('span', { class: 'tab-count' })]));
  const buttons = TABS.map((tab) => tabButton(tab, counts.get(tab)!));
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const from = buttons.indexOf(event.target as HTMLButtonElement);
    if (step === 0 || from === -1) return;
    event.preventDefault();
    const next = (from + step + TABS.length) % TABS.length;
    buttons[next]!.focus();
    go({ tab: TABS[next]! });
  };
  const mark = (place: Place) => {
    TABS.forEach((tab, index) => {
      const isOn = 'tab' in place ? place.tab === tab : tabOf(place.thing) === tab;
      buttons[index]!.setAttribute('aria-selected', String('tab' in place && isOn));
      buttons[index]!.tabIndex = isOn ? 0 : -1;
    });
  };
  const stops = [
    at.watch(mark),
    ...keepCounts((tab, value) => {
      setText(counts.get(tab)!, value > 0 ? short(value) : '');
    }),
  ];
  ended.addEventListener('abort', () => {
    for (const stop of stops) stop();
  });
  const label = t('side.label');
  return h(
    'div',
    { class: 'tabs', role: 'tablist', 'aria-label': label, onkeydown: move },
    ...buttons,
  );
}

function tabButton(tab: Tab, count: HTMLElement): HTMLButtonElement {
  const onclick = () => go({ tab });
  return h(
    'button',
    {
      ...{ type: 'button', role: 'tab', class: 'tab', id: `tab-${tab}` },
      ...{ 'aria-controls': 'side-body', onclick },
    },
    t(`tab.${tab}`),
    count,
  );
}

/** Tells how much waits behind each tab, as it changes. */
function keepCounts(tell: (tab: Tab, value: number) => void): (() => void)[] {
  return [
    figures.watch((answer) => {
      if (answer !== null) tell('at-risk', answer.now.at_risk + answer.now.breached);
    }),
    exceptions.watch((answer) => tell('exceptions', answer?.exceptions.length ?? 0)),
    workers.watch((answer) => {
      tell('workers', answer?.workers.filter(({ is_stale }) => is_stale).length ?? 0);
    }),
  ];
}

/** The list that a thing is reached from. */
function tabOf(thing: 'orders' | 'warehouses' | 'carriers'): Tab {
  return thing === 'orders' ? 'at-risk' : thing;
}
