/** Asks for an operator's key. */
import { h } from './element.ts';
import { brand } from './header.ts';
import { keepKey } from './session.ts';
import { t, word } from './texts.ts';

/** The form; `refused` is the code with which the last key was turned away. */
export function keyForm(refused: string | null): HTMLElement {
  const input = h('input', {
    ...{ id: 'key', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true },
    'aria-describedby': 'key-note key-fault',
    placeholder: 'ptl_…',
  });
  const fault = h(
    'p',
    { id: 'key-fault', class: 'fault', role: 'alert' },
    refused === null ? '' : word('refused', refused),
  );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = input.value.trim();
    if (/^ptl_[A-Za-z0-9]+_[A-Za-z0-9_-]+$/.test(given)) keepKey(given);
    else {
      fault.textContent = t('refused.shape');
      input.focus();
    }
  };
  const form = h(
    'form',
    { class: 'key-form', onsubmit: submit },
    h('h1', { class: 'key-title' }, brand(), h('span', {}, 'Portolan')),
    h('p', { class: 'lead' }, t('key.lead')),
    h('label', { for: 'key' }, t('key.label')),
    input,
    fault,
    h('button', { type: 'submit', class: 'primary' }, t('key.open')),
    h('p', { id: 'key-note', class: 'note' }, t('key.note')),
    h(
      'p',
      { class: 'note' },
      h('a', { href: '/docs' }, t('link.docs')),
      ' · ',
      h('a', { href: '/docs/errors' }, t('link.errors')),
      ' · ',
      h('a', { href: '/metrics' }, t('link.metrics')),
    ),
  );
  queueMicrotask(() => input.focus());
  return h('main', { class: 'key-page' }, form);
}
