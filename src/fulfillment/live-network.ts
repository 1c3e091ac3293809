/** Makes the network that steps decide with: compiled, learned times in place, disruptions taken over. */
import type { DisruptionRow } from '../../db/disruptions.ts';
import {
  type CompiledNetwork,
  compileInSteps,
  compileNetwork,
  type DisruptionInput,
  disruptInSteps,
  type LearnedRow,
  recompileInSteps,
  withLearnedTransit,
} from '../../routing/index.ts';
import { secondsOf } from '../domain/instants.ts';
import type { Network } from '../domain/network.ts';
import type { LiveNetwork, NetworkVersions } from './engine.ts';
import { inTurns } from './in-turns.ts';

const DAY_SECONDS = 86_400;

/** What a network is made of, but for the document. */
export interface Learned extends NetworkVersions {
  readonly learned: readonly LearnedRow[];
  readonly disrupted: readonly DisruptionRow[];
}

/** Compiles a network as it is decided with. */
export function liveNetwork(
  { published, learned, disrupted, ...versions }: Learned & { readonly published: Network },
  at: Temporal.Instant,
): LiveNetwork {
  const document = documentOf(published, learned, disrupted);
  const compiled = compileNetwork(document, { from_seconds: dayStart(at) });
  return withTables(versions, compiled, document, published);
}

/** The same in steps: others are served in between. */
export async function liveNetworkInSteps(
  { published, learned, disrupted, ...versions }: Learned & { readonly published: Network },
  at: Temporal.Instant,
): Promise<LiveNetwork> {
  const document = documentOf(published, learned, disrupted);
  const compiled = await inTurns(compileInSteps(document, { from_seconds: dayStart(at) }));
  return withTables(versions, compiled, document, published);
}

function documentOf(
  published: Network,
  learned: readonly LearnedRow[],
  disrupted: readonly DisruptionRow[],
): LiveNetwork['document'] {
  const document = withLearnedTransit(published, learned);
  return disrupted.length === 0 ? document : { ...document, disruptions: disrupted.map(inputOf) };
}

function inputOf(row: DisruptionRow): DisruptionInput {
  const { kind, hub_id, leg_id, delay_seconds } = row;
  const window = { from_seconds: secondsOf(row.from_at), until_seconds: secondsOf(row.until_at) };
  if (kind === 'hub_closed') return { ...window, kind, hub_id: hub_id! };
  if (kind === 'leg_cancelled') return { ...window, kind, leg_id: leg_id! };
  return { ...window, kind, leg_id: leg_id!, delay_seconds: delay_seconds! };
}

/**
 * The same network under the disruptions of a newer number: only what they touch is made anew, in pieces;
 * others are served in between.
 */
export async function withDisruptions(
  live: LiveNetwork,
  disruption_no: number,
  disrupted: readonly DisruptionRow[],
): Promise<LiveNetwork> {
  const disruptions = disrupted.map(inputOf);
  const document = { ...live.document, disruptions };
  const compiled = await inTurns(disruptInSteps(live.compiled, disruptions));
  return { ...live, disruption_no, document, compiled };
}

function withTables(
  { version, transit_version, disruption_no }: NetworkVersions,
  compiled: CompiledNetwork,
  document: LiveNetwork['document'],
  published: Network,
): LiveNetwork {
  return {
    version,
    transit_version,
    disruption_no,
    document,
    published,
    compiled,
    skus: new Map(document.skus.map((sku) => [sku.id, sku])),
    warehouses: new Map(document.warehouses.map((warehouse) => [warehouse.id, warehouse])),
  };
}

/** The same network with calendars that cover an instant, in pieces. */
export async function withCalendars(live: LiveNetwork, at: Temporal.Instant): Promise<LiveNetwork> {
  const steps = recompileInSteps(live.compiled, { from_seconds: dayStart(at) });
  return { ...live, compiled: await inTurns(steps) };
}

/**
 * Calendars start on the UTC day of the decision and are compiled anew each day: a replay, which
 * compiles for the same instant, then sees the very same horizon.
 */
export function dayStart(at: Temporal.Instant): number {
  return Math.floor(at.epochMilliseconds / 1000 / DAY_SECONDS) * DAY_SECONDS;
}

/** True if a network's calendars are those of an instant. */
export function covers(compiled: CompiledNetwork, at: Temporal.Instant): boolean {
  return compiled.calendars.fromSeconds === dayStart(at);
}
