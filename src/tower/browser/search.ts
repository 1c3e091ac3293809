/** Finds an order by its platform's reference, or by its id. */
import { ask } from './ask.ts';
import { h, setText } from './element.ts';
import { go } from './router.ts';
import { t } from './texts.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Found {
  readonly orders: readonly { order_id: string; platform_id: string; external_ref: string }[];
}

/** The form; what it has to say is said beside it. */
export function searchForm(): HTMLElement {
  const input = h('input', {
    ...{ type: 'search', name: 'reference', autocomplete: 'off', spellcheck: 'false' },
    ...{ placeholder: t('search.placeholder'), 'aria-label': t('search.label'), maxlength: 128 },
  });
  const answer = h('div', { class: 'search-answer', role: 'status' });
  const find = async (reference: string) => {
    if (ID.test(reference)) {
      go({ thing: 'orders', id: reference.toLowerCase() });
      return;
    }
    const query = `external_ref=${encodeURIComponent(reference)}&limit=6`;
    const { orders } = await ask<Found>(`/v1/orders?${query}`);
    if (orders.length === 1) go({ thing: 'orders', id: orders[0]!.order_id });
    if (orders.length === 0) setText(answer, t('search.nothing', { reference }));
    else answer.replaceChildren(...(orders.length === 1 ? [] : choices(orders, answer)));
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const reference = input.value.trim();
    setText(answer, '');
    if (reference === '') return;
    find(reference).catch(() => setText(answer, t('search.failed')));
  };
  input.addEventListener('input', () => setText(answer, ''));
  return h('form', { class: 'search', role: 'search', onsubmit: submit }, input, answer);
}

/** Several platforms may use one reference. */
function choices(orders: Found['orders'], answer: HTMLElement): HTMLElement[] {
  return orders.map(({ order_id, platform_id, external_ref }) => {
    const onclick = () => {
      setText(answer, '');
      go({ thing: 'orders', id: order_id });
    };
    return h('button', { type: 'button', onclick }, `${external_ref} · ${platform_id}`);
  });
}
