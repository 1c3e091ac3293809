/** The first start: a network to begin with, and one key per role that later starts show again. */

import { timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findValidKey } from '../../db/api-keys.ts';
import { inTransaction } from '../../db/database.ts';
import type { Network } from '../domain/network.ts';
import { applyNetwork } from '../fulfillment/apply-network.ts';
import { createKey, EVERY_PARTY, hashKey, type Role } from '../fulfillment/create-key.ts';
import type { Engine } from '../fulfillment/engine.ts';
import { readNetworkFiles } from '../fulfillment/read-network-files.ts';

const STARTER_NETWORK = fileURLToPath(
  new URL('../../examples/starter/network.json', import.meta.url),
);
const KEYS_FILE = 'keys.json';

/** A key that the start shows: who it is for, and the key itself. */
export interface ShownKey {
  readonly role: Role;
  readonly party_id: string;
  readonly key: string;
}

/** Applies the bundled network if none was ever imported; says whether it did. */
export async function applyStarterNetwork(engine: Engine): Promise<boolean> {
  if ((await engine.networks.current()) !== null) return false;
  const document = await readNetworkFiles([STARTER_NETWORK]);
  await applyNetwork(engine, { document, applied_by: `operator:${EVERY_PARTY}` });
  return true;
}

/** One key per role: those of `keys.json` while they are valid, new ones in their place. */
export async function keepStarterKeys(engine: Engine): Promise<ShownKey[]> {
  const path = join(engine.config.data_dir, KEYS_FILE);
  const kept = readKeys(path);
  const network = await engine.networks.current();
  const keys: ShownKey[] = [];
  for (const [role, party_id] of partiesOf(network?.document)) {
    const known = kept.find((key) => key.role === role);
    const isValid = known !== undefined && (await isValidKey(engine, known.key));
    keys.push(isValid ? known : await newKey(engine, role, party_id));
  }
  if (keys.some((key) => !kept.includes(key))) writeKeys(path, keys);
  return keys;
}

/** The first party of each kind. */
function partiesOf(network: Network | undefined): [Role, string][] {
  const parties: [Role, string | undefined][] = [
    ['platform', network?.platforms[0]?.id],
    ['seller', network?.sellers[0]?.id],
    ['warehouse', network?.warehouses[0]?.id],
    ['carrier', network?.carriers[0]?.id],
    ['operator', EVERY_PARTY],
  ];
  return parties.filter((party): party is [Role, string] => party[1] !== undefined);
}

async function newKey(engine: Engine, role: Role, party_id: string): Promise<ShownKey> {
  const { key } = await createKey(engine, { role, party_id, label: 'made by the first start' });
  return { role, party_id, key };
}

/** True when this database knows the key: the file may be older than the database. */
async function isValidKey(engine: Engine, key: string): Promise<boolean> {
  const prefix = key.split('_')[1] ?? '';
  const stored = await inTransaction(engine.database, (tx) => findValidKey(tx, prefix));
  return stored !== undefined && timingSafeEqual(stored.secret_hash, hashKey(key));
}

function readKeys(path: string): ShownKey[] {
  if (!existsSync(path)) return [];
  return JSON.parse(readFileSync(path, 'utf8')).keys;
}

function writeKeys(path: string, keys: readonly ShownKey[]): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
  writeFileSync(`${path}.new`, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
