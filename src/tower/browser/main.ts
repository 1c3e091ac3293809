/** Starts the page: asks for a key, then shows the tower for as long as the key is good. */
import { setText } from './element.ts';
import { connection, refusal } from './feed.ts';
import { keyForm } from './key-form.ts';
import { key, takeKeyFromAddress } from './session.ts';
import { language, languageTaste, t } from './texts.ts';
import { followTheme } from './theme.ts';
import { showTower } from './tower.ts';
import { zoneTaste } from './zones.ts';

const app = document.querySelector('#app')!;
let shown: AbortController | null = null;

/** Shows what there is to show, in the language that is spoken now. */
function show(): void {
  shown?.abort();
  shown = null;
  document.documentElement.lang = language();
  document.title = t('page.title');
  if (key.get() === null) {
    app.replaceChildren(keyForm(refusal.get()));
    return;
  }
  refusal.set(null);
  connection.set('loading');
  shown = new AbortController();
  app.replaceChildren(showTower(shown.signal));
}

takeKeyFromAddress();
followTheme();
let isFirst = true;
for (const changed of [key, languageTaste, zoneTaste]) {
  changed.watch(() => {
    if (!isFirst) show();
  });
}
isFirst = false;
show();
const announcer = document.querySelector('#announcer')!;
connection.watch((state) => {
  if (state !== 'loading') setText(announcer, t(`connection.${state}`));
});
