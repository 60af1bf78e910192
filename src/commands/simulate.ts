import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';
import { toBudgetMs } from '../config/camera.ts';
import { loadConfig } from '../config/load.ts';
import { answerClasses, type Heads, readHeads } from '../heads/artifact.ts';
import { headReader } from '../heads/reader.ts';
import { ladderPath, readLadder } from '../infer/ladder.ts';
import { Redactor } from '../secrets.ts';
import type { Figures } from '../simulate/figures.ts';
import { referenceAnswers } from '../simulate/reference.ts';
import { simulate as play } from '../simulate/simulate.ts';
import { type Simulation, sizesAround } from '../simulate/simulation.ts';
import type { ReferenceAnswers } from '../simulate/tally.ts';
import { rateHz, secondsOf, type Trace, withRungs } from '../simulate/trace.ts';
import { readTrace, writeTrace } from '../simulate/trace-file.ts';
import { VirtualLook } from '../simulate/virtual-look.ts';
import { DEFAULT_QUESTION } from '../words.ts';
import { slotCount } from './circumstances.ts';
import { requireDestination } from './destination.ts';
import { type EnginePlan, planEngine } from './engine-plan.ts';
import { ProgressTeller } from './progress.ts';
import { viewOf } from './run-view.ts';
import type { SettledCamera } from './settled.ts';
import { print } from './shell.ts';
import { advise, configNotice } from './simulate-advice.ts';
import { virtualEngine } from './simulate-engine.ts';
import { requireFit, requireRate, requireSense } from './simulate-fit.ts';
import { requireWholePicture } from './simulate-heads.ts';
import type { SimulateOptions } from './simulate-options.ts';
import { record } from './simulate-record.ts';
import { recordedLine, simulationTable } from './simulate-words.ts';
import { simulatedCamera, useOf } from './simulated-camera.ts';

/** What is to be simulated, with everything read and checked. */
interface Task {
  readonly options: SimulateOptions;
  readonly plan: EnginePlan;
  readonly camera: SettledCamera;
  readonly heads: Heads | null;
  readonly slots: number;
  readonly topK: number;
}

/** As a file: what is written there goes to stdout, and what is for a person to stderr. */
const STDOUT = '-';

function notify(notice: string | null): void {
  if (notice !== null) process.stderr.write(`weir: ${notice}\n`);
}

const QUIET = { warn: () => {} };

/** Sizes a machine on paper: plays cameras on a virtual clock over what was recorded of a clip. */
export async function simulate(options: SimulateOptions, stop: AbortSignal): Promise<number> {
  requireSense(options);
  const config = await loadConfig({ path: options.config ?? null, env: process.env, redactor: new Redactor() });
  const { slots, warmupRuns: _, ...session } = config.inference;
  const mode = options.mode ?? config.mode;
  const point = options.operatingPoint ?? config.operatingPoint;
  const shared = {
    ladder: options.ladder ?? config.ladder,
    premodel: options.premodel ?? config.premodel ?? null,
    rungs: config.rungs ?? null,
  };
  const heads =
    options.heads === undefined ? null : await readHeads(options.heads, await readLadder(ladderPath(shared.ladder)));
  if (heads !== null) requireWholePicture(heads, options.heads ?? '');
  const camera = simulatedCamera({ ...options, mode, operatingPoint: point, heads });
  const plan = await planEngine({ ...shared, uses: [useOf(camera)] });
  const task: Task = {
    options,
    plan,
    heads,
    camera,
    slots: slotCount(options.slots ?? slots),
    topK: config.topK,
  };
  const json = options.json === STDOUT ? undefined : options.json;
  for (const path of [options.record, json, options.report && join(options.report, 'index.html')])
    await requireDestination(path);
  if (options.config !== undefined) notify(configNotice(config, options.config));
  for (const notice of plan.notices) notify(notice);
  const teller = new ProgressTeller();
  try {
    const recorded = await traceOf(task, session, teller, stop);
    requireFit(recorded, plan, options);
    const trace = advise(recorded, task, notify);
    if (options.record !== undefined) {
      await writeTrace(options.record, recorded);
      if (options.cameras === undefined) {
        teller.stop();
        print(recordedLine(options.record, trace));
        return 0;
      }
    }
    const simulation = await runAll(task, trace, teller, stop);
    teller.stop();
    const isPiped = options.json === STDOUT;
    for (const line of simulationTable(simulation)) isPiped ? process.stderr.write(`${line}\n`) : print(line);
    const json = JSON.stringify(simulation, null, 1);
    if (isPiped) print(json);
    else if (options.json !== undefined) await writeArtifact(options.json, `${json}\n`);
    if (options.report !== undefined) {
      const { writeSimulationReport } = await import('../report/simulation.ts');
      await writeSimulationReport(options.report, simulation);
    }
    return 0;
  } catch (error) {
    if (!stop.aborted) throw error;
    teller.stop();
    process.stderr.write('weir: stopped before everything was simulated\n');
    return 1;
  } finally {
    teller.stop();
  }
}

async function traceOf(
  { options, plan, slots, heads }: Task,
  session: Parameters<typeof record>[1]['session'],
  teller: ProgressTeller,
  stop: AbortSignal,
): Promise<Trace> {
  const { cameras, fps } = options;
  const requirePlayable = (seconds: readonly number[], what: string) => {
    if (cameras !== undefined) requireRate(seconds, fps, what);
  };
  if (options.trace !== undefined) {
    const trace = await readTrace(options.trace);
    requirePlayable(secondsOf(trace), options.trace);
    return trace;
  }
  return await record(plan, {
    footage: options.footage ?? null,
    truth: options.truth ?? null,
    fps,
    slots,
    session,
    taughtCamera: heads?.camera ?? null,
    requirePlayable,
    notify,
    progress: teller.update,
    stop,
  });
}

async function runAll(task: Task, trace: Trace, teller: ProgressTeller, stop: AbortSignal): Promise<Simulation> {
  const { options, plan, camera, slots, topK } = task;
  const { fps, seconds, costScale, seed, cameras = 1 } = options;
  const look = new VirtualLook(trace);
  const loaded = withRungs(
    trace,
    plan.rungs.map(({ id }) => id),
  );
  const engine = { plan, trace: loaded, look, costScale, topK };
  const budgetMs = toBudgetMs(camera.budgetMs);
  const answers = answersOf(task, trace);
  const rows: Figures[] = [];
  for (const count of options.only === true ? [cameras] : sizesAround(cameras)) {
    const stage = `${count} camera${count === 1 ? '' : 's'}`;
    rows.push(
      await play({
        trace: loaded,
        cameras: count,
        ...{ fps, slots, costScale, seconds, budgetMs, seed, answers, stop },
        view: (id, machine) => viewOf({ ...camera, id }, virtualEngine(engine, machine), QUIET),
        onProgress: (done) => teller.update(stage, done, seconds),
      }),
    );
  }
  return {
    schema: 'weir.simulation/1',
    ladder: plan.ladder.fingerprint,
    trace: {
      clip: trace.clip,
      frames: trace.frames.length,
      rateHz: rateHz(secondsOf(trace)),
      device: trace.device,
      slots: trace.slots,
    },
    settings: {
      ...{ fps, seconds, costScale, slots, budgetMs, seed },
      mode: camera.mode,
      operatingPoint: camera.operatingPoint,
      asked: cameras,
    },
    rows,
  };
}

/** What the reference would say to each question, where that is to be had. */
function answersOf({ plan, heads }: Task, trace: Trace): ReferenceAnswers {
  const { reference, labels } = plan.ladder;
  const known: [string, readonly string[] | null][] =
    heads === null
      ? [[DEFAULT_QUESTION, referenceAnswers(trace, labels)]]
      : heads.questions.flatMap((question): [string, readonly string[] | null][] => {
          if (question.heads[reference] === undefined) return [];
          const reader = headReader(heads, question.id, [reference]);
          return [[question.id, referenceAnswers(trace, answerClasses(question), reader)]];
        });
  return new Map(known.flatMap(([id, answers]) => (answers === null ? [] : [[id, answers] as const])));
}
