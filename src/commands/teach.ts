import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';
import { loadConfig } from '../config/load.ts';
import { CAMERA_ID } from '../config/schema.ts';
import type { Examples } from '../dataset/examples.ts';
import { usageError } from '../errors.ts';
import { headsText } from '../heads/artifact.ts';
import { ladderPath, readLadder } from '../infer/ladder.ts';
import { Redactor } from '../secrets.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { stateDirectory } from '../service/state-dir.ts';
import { requireDestination } from './destination.ts';
import { parseFootages } from './footage-source.ts';
import { ProgressTeller } from './progress.ts';
import { print } from './shell.ts';
import { stoppedWords } from './stopped-words.ts';
import { targetOf } from './target.ts';
import { readExamples, regionOf, requireOneKind } from './teach-examples.ts';
import { teachFrom } from './teach-job.ts';
import type { TeachOptions } from './teach-options.ts';
import { candidateRungs } from './teach-rungs.ts';
import { teachingLines, teachingObject } from './teach-words.ts';

/** Teaches a camera's questions, and writes its heads. */
export async function teach(options: TeachOptions, stop: AbortSignal): Promise<number> {
  if (options.camera !== undefined)
    return await (await import('./teach-camera.ts')).teachCamera(options.camera, options, stop);
  requireCamera(options);
  requireOneKind(options);
  regionOf(options);
  const config = await loadConfig({ path: null, env: process.env, redactor: new Redactor() });
  const target = targetOf(options);
  const camera = cameraName(options);
  const ladder = await readLadder(ladderPath(options.ladder ?? config.ladder));
  const rungs = candidateRungs(ladder, options);
  const stateDir = stateDirectory(options.stateDir, process.env);
  const out = options.out ?? join(stateDir, 'heads', `${camera}.json`);
  await requireDestination(out);
  await requireDestination(options.report && join(options.report, 'index.html'));
  const cache = options.cache ?? join(stateDir, 'outcomes');
  const teller = new ProgressTeller();
  let examples: Examples | undefined;
  try {
    examples = await readExamples(options, options.teacher, { ladder, scratch: cache, progress: teller.update, stop });
    const taught = await teachFrom(examples, {
      camera,
      ladder,
      rungs,
      fasterTwinsOnly: options.rungs === undefined && options.candidates !== 'all',
      slots: availableParallelism(),
      session: config.inference,
      clock: SYSTEM_CLOCK,
      cache,
      progress: teller.update,
      target,
      teacher: options.teacher,
      useZero: options.zero,
      seed: options.seed,
      stop,
    });
    teller.stop();
    await writeArtifact(out, headsText(taught.teaching.heads));
    if (options.report !== undefined) {
      const { writeTeachingReport } = await import('../report/teaching.ts');
      await writeTeachingReport(options.report, taught.teaching, taught.examples, taught.table.skipped);
    }
    const isDefaultPlace = options.out === undefined;
    const notices = [...taught.examples.notices, ...taught.table.notices, ...taught.teaching.warnings];
    for (const { name, reason } of taught.table.skipped) process.stderr.write(`weir: left out ${name}: ${reason}\n`);
    for (const text of notices) process.stderr.write(`weir: ${text}\n`);
    if (options.json) print(JSON.stringify(teachingObject(out, taught)));
    else for (const line of teachingLines(out, isDefaultPlace, taught)) print(line);
    return 0;
  } catch (error) {
    const { stage } = teller;
    teller.stop();
    if (!stop.aborted) {
      // What was odd about them may be why.
      for (const text of examples?.notices ?? []) process.stderr.write(`weir: ${text}\n`);
      throw error;
    }
    process.stderr.write(`weir: ${stoppedWords(stage, cache)}\n`);
    return 1;
  } finally {
    teller.stop();
    examples?.close();
  }
}

/** What goes with a camera of the daemon alone, and without one would be passed over. @throws WeirError `camera-name` */
function requireCamera({ list, label, span, labelOnly, minutes, export: folder, url }: TeachOptions): void {
  const ofCamera = { list, label, span, 'label-only': labelOnly, minutes, export: folder, url };
  for (const [option, value] of Object.entries(ofCamera)) {
    if (value === undefined) continue;
    const remedy = 'say which one with --camera ID';
    throw usageError('camera-name', `--${option} is about a camera of the running daemon, and none is named`, remedy);
  }
}

/** @throws WeirError `camera-name` */
function cameraName({ name, footage = [] }: TeachOptions): string {
  const [first] = parseFootages(footage);
  const chosen = name ?? first?.id;
  if (chosen === undefined) {
    const remedy = 'say with --name which camera of the configuration is taught';
    throw usageError('camera-name', 'heads belong to a camera, and none is named', remedy);
  }
  const [id = '', region, ...more] = chosen.split('/');
  if (CAMERA_ID.test(id) && CAMERA_ID.test(region ?? id) && more.length === 0) return chosen;
  const remedy = 'use a-z, 0-9, "-" and "_", as in gate, or gate/door for a region of it';
  throw usageError('camera-name', `"${chosen}" cannot be a camera’s id`, remedy);
}
