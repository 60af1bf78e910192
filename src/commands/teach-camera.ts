import { setTimeout as sleep } from 'node:timers/promises';
import { didYouMean } from '../artifact/problems.ts';
import { CAMERA_ID } from '../config/schema.ts';
import { usageError, WeirError } from '../errors.ts';
import type { JobState } from '../examples/job.ts';
import type { ExampleListing } from '../examples/listing.ts';
import type { TaughtAnswer } from '../teaching/question-report.ts';
import { DaemonApi } from './daemon-api.ts';
import { ProgressTeller } from './progress.ts';
import { print } from './shell.ts';
import { exportExamples } from './teach-camera-export.ts';
import { labelsOf, slipsOf } from './teach-camera-labels.ts';
import { type Labelled, labelledLines, listingLines, taughtLines } from './teach-camera-words.ts';
import type { TeachOptions } from './teach-options.ts';

const DEFAULT_URL = 'http://127.0.0.1:8700';
const ASK_EVERY_MS = 400;
/** More than a daemon keeps. */
const ALL = 100_000;

/**
 * Teaches a camera of the running daemon from the frames that it kept and people labelled. The daemon's files are never touched:
 * all goes through its API.
 *
 * @throws WeirError `examples-mixed`, `camera-name`, `label-invalid`, `daemon-unreachable`, and those of the daemon
 */
export async function teachCamera(id: string, options: TeachOptions, stop: AbortSignal): Promise<number> {
  requireAlone(options);
  if (!CAMERA_ID.test(id))
    throw usageError('camera-name', `"${id}" cannot be a camera’s id`, 'use a-z, 0-9, "-" and "_"');
  const labels = labelsOf(options);
  const api = await DaemonApi.open(options.url ?? DEFAULT_URL, options, stop);
  try {
    return await teachBy(api, id, labels, options, stop);
  } catch (error) {
    throw await withCameras(error, id, api);
  }
}

/** An unknown camera is told with those that the daemon has, as far as it shows them. */
async function withCameras(error: unknown, id: string, api: DaemonApi): Promise<unknown> {
  if (!(error instanceof WeirError) || error.code !== 'camera-unknown') return error;
  const { cameras } = await api
    .get<{ cameras: readonly { id: string }[] }>('/api/cameras')
    .catch(() => ({ cameras: [] }));
  const known = cameras.map((camera) => camera.id);
  const message = `${error.message}${didYouMean(id, known)}`;
  return usageError(error.code, message, `${api.address} has ${known.join(', ') || 'none'}`, error);
}

async function teachBy(
  api: DaemonApi,
  id: string,
  labels: ReturnType<typeof labelsOf>,
  options: TeachOptions,
  stop: AbortSignal,
): Promise<number> {
  const path = `/api/cameras/${id}`;
  const list = () => api.get<ExampleListing>(`${path}/examples?limit=${options.list ? 200 : ALL}`);
  if (options.export !== undefined)
    return await exportExamples(await list(), options.export, options.question?.[0], api);
  if (labels !== null) {
    const labelled = await api.post<Labelled>(`${path}/examples/labels`, labels);
    for (const line of labelledLines(labelled)) note(line);
    for (const slip of slipsOf(labels, labelled.questions)) note(`weir: ${slip}`);
    if (options.labelOnly) return 0;
  }
  const listing = await list();
  if (options.list || (labels === null && listing.totals.labelled === 0)) {
    if (options.json) print(JSON.stringify(listing));
    else for (const line of listingLines(listing, api.address)) print(line);
    return 0;
  }
  const { minutes, question: questions, teacher, zero, seed, targetAccuracyLoss, targetCostRatio } = options;
  await api.post(`${path}/teach`, { minutes, questions, teacher, zero, seed, targetAccuracyLoss, targetCostRatio });
  const result = await untilTaught(api, `${path}/teach`, stop);
  for (const warning of result.warnings) note(`weir: ${warning}`);
  if (options.json) print(JSON.stringify(result));
  else for (const line of taughtLines(result, api.address)) print(line);
  return 0;
}

/** @throws WeirError of what failed there */
async function untilTaught(api: DaemonApi, path: string, stop: AbortSignal): Promise<TaughtAnswer> {
  const teller = new ProgressTeller();
  try {
    for (;;) {
      const job = await api.get<JobState<TaughtAnswer>>(path);
      if (job.state === 'done') return job.result;
      if (job.state === 'failed') throw new WeirError(job.error.code, job.error.message, { remedy: job.error.remedy });
      if (job.state === 'none') {
        const remedy = 'ask again, and look at its journal';
        throw new WeirError('teach-lost', 'the daemon was started anew meanwhile', { remedy });
      }
      teller.update(job.stage, job.done, job.total);
      await sleep(ASK_EVERY_MS, undefined, { signal: stop }).catch(() => {});
      stop.throwIfAborted();
    }
  } catch (error) {
    if (!stop.aborted) throw error;
    throw new WeirError('teach-left', 'left; the daemon goes on teaching', { remedy: `see GET ${path}`, cause: error });
  } finally {
    teller.stop();
  }
}

/** Other sources of examples, and what the daemon decides by itself, do not go with a camera of its. */
function requireAlone(options: TeachOptions): void {
  if (options.region !== undefined) {
    throw usageError(
      'teach-region',
      'a running daemon keeps no pictures of the regions of a camera',
      'record some minutes of the camera, and teach the region from that: weir teach --footage FILE --truth FILE.json --region X,Y,W,H --name gate/door',
    );
  }
  const { footage, truth, dataset, from, to, fps, name, out, candidates, rungs, report, ladder, cache, stateDir } =
    options;
  const others = {
    '--footage': footage,
    '--truth': truth,
    '--dataset': dataset,
    ...{ '--from': from, '--to': to, '--fps': fps, '--name': name, '--out': out, '--candidates': candidates },
    ...{ '--rungs': rungs, '--report': report, '--ladder': ladder, '--cache': cache, '--state-dir': stateDir },
  };
  for (const [option, value] of Object.entries(others)) {
    if (value === undefined) continue;
    throw usageError('examples-mixed', `--camera and ${option} exclude each other`, 'leave one of them out');
  }
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
