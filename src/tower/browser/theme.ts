/** Dark or light: as the viewer's system says, unless they choose. */
import { taste } from './session.ts';
import { type Signal, signal } from './signal.ts';

/** What the viewer wants: the system's theme, or one of the two. */
export const themeTaste = taste('theme', ['system', 'dark', 'light'], 'system');

/** The theme in force. */
export const theme: Signal<'dark' | 'light'> = signal('dark');

/** Keeps the page in the theme that is wanted. */
export function followTheme(): void {
  const isLight = matchMedia('(prefers-color-scheme: light)');
  const apply = () => {
    const wanted = themeTaste.get();
    const next = wanted === 'system' ? (isLight.matches ? 'light' : 'dark') : wanted;
    document.documentElement.dataset.theme = next;
    if (theme.get() !== next) theme.set(next);
  };
  isLight.addEventListener('change', apply);
  themeTaste.watch(apply);
}
