/** What the control tower allows itself, and how workers say that they live: part of the configuration. */
import { count } from './settings.ts';

/** Settings of the control tower; `config.ts` takes them in. */
export const TOWER_LIMITS = {
  tower_page_parcels: count('PORTOLAN_TOWER_PAGE_PARCELS', 20_000, {
    doc: 'Most open parcels (count) on one page of those that the control tower draws.',
  }),
  tower_take_ms: count('PORTOLAN_TOWER_TAKE_MS', 500, {
    min: 50,
    doc: 'How often (ms) the control tower takes in what has changed, while somebody looks.',
  }),
  tower_linger_seconds: count('PORTOLAN_TOWER_LINGER_SECONDS', 120, {
    doc: 'How long (s) the control tower is kept up to date after its last viewer has asked.',
  }),
  tower_past_events: count('PORTOLAN_TOWER_PAST_EVENTS', 200_000, {
    doc: 'Newest events (count) of the journal from which the history of the figures is made.',
  }),
  worker_beat_ms: count('PORTOLAN_WORKER_BEAT_MS', 1_000, {
    min: 100,
    doc: 'How often (ms) a worker says that it is alive.',
  }),
  worker_stale_seconds: count('PORTOLAN_WORKER_STALE_SECONDS', 5, {
    doc: 'A worker not heard for so long (s) is shown as stale.',
  }),
  worker_forget_seconds: count('PORTOLAN_WORKER_FORGET_SECONDS', 120, {
    doc: 'A worker not heard for so long (s) is forgotten.',
  }),
} as const;
