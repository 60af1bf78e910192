import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { reachableAt } from '../../src/server/reachable.ts';

const found = (address: string, more: Partial<NetworkInterfaceInfo> = {}) =>
  ({ address, family: 'IPv4', internal: false, netmask: '', mac: '', cidr: null, ...more }) as NetworkInterfaceInfo;
const INTERFACES = {
  lo: [found('127.0.0.1', { internal: true })],
  eth0: [found('192.0.2.4'), found('2001:db8::1', { family: 'IPv6', scopeid: 0 } as Partial<NetworkInterfaceInfo>)],
  wlan0: [found('192.0.2.5')],
  docker0: [found('172.17.0.1')],
};

test.each([
  ['http://0.0.0.0:8700', [], ['http://192.0.2.4:8700', 'http://192.0.2.5:8700']],
  [
    'https://[::]:443',
    ['wall.example'],
    ['https://wall.example:443', 'https://192.0.2.4:443', 'https://192.0.2.5:443'],
  ],
  ['http://127.0.0.1:8700', ['wall.example'], []],
  ['http://192.0.2.4:8700', [], []],
])('%s with the names %j is opened from another machine at %j', (address, names, told) => {
  expect(reachableAt(address, names, INTERFACES)).toEqual(told);
});
