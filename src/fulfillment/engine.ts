/** What a step is given: the services and the network as it is now. */
import type { CompiledNetwork } from '../../routing/index.ts';
import type { Network } from '../domain/network.ts';
import type { Services } from '../runtime/services.ts';

/** One network version, ready to decide with. */
export interface LiveNetwork {
  readonly version: number;
  readonly document: Network;
  readonly compiled: CompiledNetwork;
}

/** Gives the network: the newest version within a second of its import, or any older one. */
export interface NetworkSource {
  /** The newest version, calendars compiled to cover now; null before the first import. */
  current(): Promise<LiveNetwork | null>;
  /** A past version, compiled to cover `at`: for replays and explanations. */
  version(version: number, at: Temporal.Instant): Promise<LiveNetwork>;
}

/** The argument of every step. */
export interface Engine extends Services {
  readonly networks: NetworkSource;
}
