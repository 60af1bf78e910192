import { parentPort, workerData } from 'node:worker_threads';
import { yieldToOthers } from '../background.ts';
import { messageOf, WeirError } from '../errors.ts';
import type { WorkerMessage, WorkerOrder, WorkerSetup } from './protocol.ts';
import { RungRunner } from './rung-runner.ts';

/**
 * The thread of one inference slot. ONNX Runtime computes on the thread that calls it, so each slot has its own sessions;
 * jobs come one at a time.
 */
async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this file is the body of a worker thread');
  const post = (message: WorkerMessage) => port.postMessage(message);
  const { rungs, classes, settings, isBackground } = workerData as WorkerSetup;
  if (isBackground) yieldToOthers();

  let runner: RungRunner;
  try {
    runner = await RungRunner.load(rungs, classes, settings, () => performance.now());
  } catch (error) {
    const { code, remedy } =
      error instanceof WeirError ? error : { code: 'model-unreadable', remedy: 'run `weir doctor`' };
    post({ type: 'unusable', code, message: messageOf(error), remedy });
    return;
  }

  const embeddingSizes = rungs.map((_, index) => runner.embeddingSize(index));
  const output = new Float32Array(
    new SharedArrayBuffer((classes + Math.max(0, ...embeddingSizes)) * Float32Array.BYTES_PER_ELEMENT),
  );
  port.on('message', async (job: WorkerOrder) => {
    if (job === 'end') return port.close();
    try {
      const result = await runner.run(job.rung, job, job.box, job.wantEmbedding);
      if (result.logits.length !== classes) throw new Error(`${result.logits.length} classes instead of ${classes}`);
      output.set(result.logits);
      if (result.embedding !== null) output.set(result.embedding, classes);
      post({ type: 'done', id: job.id, prepareMs: result.prepareMs, runMs: result.runMs });
    } catch (error) {
      post({ type: 'failed', id: job.id, message: messageOf(error) });
    }
  });
  post({ type: 'ready', output, embeddingSizes, notices: runner.notices });
}

await main();
