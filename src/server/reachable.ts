import { networkInterfaces } from 'node:os';

type Interfaces = ReturnType<typeof networkInterfaces>;

/** What an address that stands for all of a machine's looks like: nobody can open it from elsewhere. */
const ALL = /^(https?:\/\/)(?:0\.0\.0\.0|\[::\])(:\d+)$/;
const MOST_ADDRESSES = 2;
const MOST_NAMES = 2;

/**
 * What to open from another machine where the daemon serves on all addresses: its names of the configuration, and this machine's
 * first IPv4 addresses. All are taken in a Host header.
 *
 * @param address served, e.g. `http://0.0.0.0:8700`
 * @returns none where `address` itself is the one to open
 */
export function reachableAt(
  address: string,
  names: readonly string[],
  interfaces: Interfaces = networkInterfaces(),
): string[] {
  const [, scheme, port] = ALL.exec(address) ?? [];
  if (scheme === undefined || port === undefined) return [];
  const own = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map((found) => found.address);
  const hosts = [...names.slice(0, MOST_NAMES), ...own.slice(0, MOST_ADDRESSES)];
  return hosts.map((host) => `${scheme}${host}${port}`);
}
