/** What names of resources mean; they are listed at `CapacityUse`. */
import type { CompiledNetwork } from './network.ts';

/**
 * Service and warehouse named by `<service>` or `<service>/<warehouse>`; ids may hold slashes. O(slashes).
 */
export function parseService(
  network: CompiledNetwork,
  name: string,
): [number, number | undefined] | null {
  const whole = network.services.indexOf.get(name);
  if (whole !== undefined) return [whole, undefined];
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
    const service = network.services.indexOf.get(name.slice(0, at));
    const warehouse = network.warehouses.indexOf.get(name.slice(at + 1));
    if (service !== undefined && warehouse !== undefined) return [service, warehouse];
  }
  return null;
}
