// Tries whatever a stranger may send to the daemon's sockets: npm run fuzz -- --seconds 60 [--seed 1]
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz-run.ts';
import { FuzzTarget } from './fuzz-target.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
});
const end = performance.now() + Number(values.seconds) * 1_000;
let uncaught = 0;
process.on('uncaughtException', (error) => {
  uncaught++;
  console.error(error);
});
process.on('unhandledRejection', (error) => {
  uncaught++;
  console.error(error);
});
const target = new FuzzTarget();
await target.open();
const counts = await fuzz(target.port, Number(values.seed), () => performance.now() > end);
const missing = await target.missing();
const told = { ...counts, uncaught, published: target.hub.last, missingToTheWitness: missing.length };
console.log(JSON.stringify({ ...told, subscribersLeft: target.subscribers }, null, 2));
await target.close();
process.exitCode = uncaught === 0 && missing.length === 0 ? 0 : 1;
