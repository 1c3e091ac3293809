/** What a step is given: the services and the network as it is now. */
import type { Tx } from '../../db/database.ts';
import type { Backlog } from '../../db/orders.ts';
import type { CompiledNetwork, NetworkInput } from '../../routing/index.ts';
import type { Network, Sku, Warehouse } from '../domain/network.ts';
import type { Services } from '../runtime/services.ts';
import type { PolicySource } from './policy-source.ts';
import type { PriceSource } from './price-source.ts';

/** One network version, ready to decide with. */
export interface LiveNetwork {
  readonly version: number;
  /** Of the learned times in transit; 0 = as published. */
  readonly transit_version: number;
  /** Of the disruptions taken over; 0 = none yet. */
  readonly disruption_no: number;
  /** The document as decided with: learned times in the place of published ones, and disruptions. */
  readonly document: Network & Pick<NetworkInput, 'disruptions'>;
  /** The document as applied. */
  readonly published: Network;
  readonly compiled: CompiledNetwork;
  /** The document's tables by id, made once per version. */
  readonly skus: ReadonlyMap<string, Sku>;
  readonly warehouses: ReadonlyMap<string, Warehouse>;
}

/** Gives the network: the newest version within a second of its import, or any older one. */
export interface NetworkSource {
  /** The newest version, calendars compiled to cover now; null before the first import. */
  current(): Promise<LiveNetwork | null>;
  /**
   * Resolves when the newest version known of is the one that `current` gives: a large one is read and
   * compiled in pieces while the one before still serves.
   */
  caughtUp(): Promise<void>;
  /** The next `current()` asks the database, however recently it was asked. */
  refresh(): void;
  /** A past state of the network, compiled to cover `at`: for replays and explanations. */
  version(versions: NetworkVersions, at: Temporal.Instant): Promise<LiveNetwork>;
}

/** What a network as decided with is made of. */
export interface NetworkVersions {
  readonly version: number;
  readonly transit_version: number;
  readonly disruption_no: number;
}

/** Tells how many orders wait for a decision. */
export interface BacklogGauge {
  /** The backlog of a moment ago, with what this process took since. */
  read(tx: Tx, services: Pick<Services, 'clock'>): Promise<Backlog>;
  /** Counts orders that this process has just taken. */
  took(orders: number): void;
}

/** The argument of every step. */
export interface Engine extends Services {
  readonly networks: NetworkSource;
  readonly backlog: BacklogGauge;
  readonly prices: PriceSource;
  readonly policies: PolicySource;
}
