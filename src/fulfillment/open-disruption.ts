/**
 * DISRUPT: an operator says that a hub is closed, or that a leg does not run or runs late, and when that
 * is over. Both take the next number; deciders take it over within a second, and open shipments that
 * pass what is named are priced again.
 */
import { inTransaction, type Tx } from '../../db/database.ts';
import {
  type DisruptionRow,
  findDisruption,
  insertDisruption,
  liftDisruptionRow,
  lockDisruption,
  takeDisruptionNumber,
} from '../../db/disruptions.ts';
import { appendEvents } from '../../db/journal.ts';
import { lockNetworks } from '../../db/networks.ts';
import { disruptionFaults, type OpenDisruption } from '../domain/disruption.ts';
import { type Fault, Refusal } from '../domain/errors.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { networkNow, refuseFaults } from './stock-faults.ts';

/** Who does it, as `operator:<key>`, in which request. */
export interface DisruptionAuthor {
  readonly by: string;
  readonly request_id: string;
}

/** A disruption as it stands, and whether this call made it so. */
export interface ToldDisruption {
  readonly status: 'applied' | 'duplicate';
  readonly disruption: DisruptionRow;
}

/**
 * Opens a disruption. Idempotent by reference: the same again answers it as it stands, another body is
 * refused. Waits for the decisions that are being stored: those after it know of it.
 *
 * @throws Refusal `invalid_request`, `unknown_reference` or `event_conflict`.
 */
export async function openDisruption(
  engine: Engine,
  open: OpenDisruption,
  author: DisruptionAuthor,
): Promise<ToldDisruption> {
  refuseFaults('invalid_request', disruptionFaults(open));
  const network = await networkNow(engine);
  const told = await inTransaction(engine.database, async (tx): Promise<ToldDisruption> => {
    await lockNetworks(tx);
    const known = await findDisruption(tx, open.reference);
    if (known !== null) return answerAgain(known, open);
    refuseFaults('unknown_reference', unknownFaults(network, open));
    const disruption = rowOf(engine, open, author, await takeDisruptionNumber(tx));
    await insertDisruption(tx, disruption);
    await tell(tx, 'disruption.opened', disruption, author);
    return { status: 'applied', disruption };
  });
  engine.networks.refresh();
  return told;
}

/** Ends a disruption now; one that was lifted before stays as it is. @throws Refusal `not_found`. */
export async function liftDisruption(
  engine: Engine,
  disruption_id: string,
  author: DisruptionAuthor,
): Promise<ToldDisruption> {
  const told = await inTransaction(engine.database, async (tx): Promise<ToldDisruption> => {
    await lockNetworks(tx);
    const known = await lockDisruption(tx, disruption_id);
    if (known === null) throw new Refusal('not_found', `there is no disruption ${disruption_id}`);
    if (known.lifted_no !== null) return { status: 'duplicate', disruption: known };
    const at = engine.clock.now();
    const lifted_no = await takeDisruptionNumber(tx);
    await liftDisruptionRow(tx, disruption_id, { lifted_no, at });
    const disruption = { ...known, lifted_no, lifted_at: at };
    await tell(tx, 'disruption.lifted', disruption, author);
    return { status: 'applied', disruption };
  });
  engine.networks.refresh();
  return told;
}

function unknownFaults(network: LiveNetwork, { hub_id, leg_id }: OpenDisruption): Fault[] {
  const faults: Fault[] = [];
  const { hubs, legs } = network.published;
  const find = (id: string | undefined, rows: readonly { id: string }[], what: string) => {
    if (id === undefined || rows.some((row) => row.id === id)) return;
    const detail = `got ${JSON.stringify(id)}, expected a ${what} of the network`;
    faults.push({ pointer: `/${what}_id`, detail });
  };
  find(hub_id, hubs, 'hub');
  find(leg_id, legs, 'leg');
  return faults;
}

function rowOf(
  engine: Engine,
  open: OpenDisruption,
  { by }: DisruptionAuthor,
  opened_no: number,
): DisruptionRow {
  const { reference, kind, from_at, until_at } = open;
  return {
    ...{ disruption_id: engine.newId(), reference, kind, from_at, until_at },
    hub_id: open.hub_id ?? null,
    leg_id: open.leg_id ?? null,
    delay_seconds: open.delay_seconds ?? null,
    reason: open.reason ?? null,
    ...{ opened_no, opened_at: engine.clock.now(), opened_by: by },
    lifted_no: null,
    lifted_at: null,
  };
}

const bodyOf = (
  row: Pick<OpenDisruption, 'kind' | 'from_at' | 'until_at'> & {
    readonly [field in 'hub_id' | 'leg_id' | 'reason']?: string | null | undefined;
  } & { readonly delay_seconds?: number | null | undefined },
): string =>
  JSON.stringify([
    ...[row.kind, row.hub_id ?? null, row.leg_id ?? null, row.delay_seconds ?? null],
    ...[row.from_at.epochMilliseconds, row.until_at.epochMilliseconds, row.reason ?? null],
  ]);

function answerAgain(known: DisruptionRow, open: OpenDisruption): ToldDisruption {
  if (bodyOf(known) === bodyOf(open)) return { status: 'duplicate', disruption: known };
  const detail = `disruption ${open.reference} was opened before with another body`;
  throw new Refusal('event_conflict', detail, [{ pointer: '/reference', detail }]);
}

async function tell(
  tx: Tx,
  type: 'disruption.opened' | 'disruption.lifted',
  row: DisruptionRow,
  { by, request_id }: DisruptionAuthor,
): Promise<void> {
  const { reference, kind, hub_id, leg_id, from_at, until_at, delay_seconds, reason } = row;
  await appendEvents(tx, [
    {
      entity: 'disruption',
      entity_id: row.disruption_id,
      version: type === 'disruption.opened' ? 1 : 2,
      type,
      at: row.lifted_at ?? row.opened_at,
      data: {
        ...{ reference, kind, hub_id, leg_id, from_at, until_at, delay_seconds, reason, by },
        disruption_no: row.lifted_no ?? row.opened_no,
      },
      request_id,
    },
  ]);
}
