import { openMqtt } from '../../dist/src/alerts/mqtt.js';

const [, , url] = process.argv;
const settings = {
  ...{ id: 'home', url, username: null, password: null, clientId: 'weir-child', timeoutMs: 2_000, reconnectMs: 50 },
  ...{ base: 'weir/child', node: 'child', prefix: 'homeassistant', version: '0', isDiscovered: false },
};
await openMqtt(settings, { onTrouble: () => {}, load: () => import('mqtt') });
