import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeArtifact } from '../artifact/write.ts';
import type { Examples } from '../dataset/examples.ts';
import { messageOf, usageError } from '../errors.ts';
import type { Example } from '../examples/example.ts';
import { Jobs, type Progress } from '../examples/job.ts';
import { questionId } from '../examples/journal.ts';
import type { ExampleKeeper } from '../examples/keeper.ts';
import { parseBody } from '../examples/labelling.ts';
import { type Lesson, lessonOf } from '../examples/lesson.ts';
import type { ExampleStore } from '../examples/store.ts';
import { type Heads, headsText, readHeads } from '../heads/artifact.ts';
import type { SessionSettings } from '../infer/runtime.ts';
import type { TeachingService } from '../server/teaching-api.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import type { Logger } from '../service/log.ts';
import type { TaughtAnswer } from '../teaching/question-report.ts';
import type { Ladder } from '../types.ts';
import type { RunningCameras } from './run-cameras.ts';
import { taughtOf } from './settled.ts';
import { targetOf } from './target.ts';
import { type TeachSettings, teachFrom } from './teach-job.ts';
import { candidateRungs } from './teach-rungs.ts';

/** What was measured of pictures is kept so long, for when a few more are labelled and taught: it shows what they show. */
const KEEP_TABLES_MS = 60 * 60_000;

const ratio = z.number().min(0, 'must be from 0 to below 1').lt(1, 'must be from 0 to below 1');

const wishSchema = z.strictObject({
  questions: z.array(questionId).min(1).max(64).optional(),
  minutes: z.number().positive().max(5_256_000).optional(),
  teacher: z.boolean().default(true),
  zero: z.boolean().default(true),
  targetAccuracyLoss: ratio.optional(),
  targetCostRatio: ratio.optional(),
  seed: z.int().min(0).max(4_294_967_295).default(1),
});

export interface TeachingParts {
  readonly keeper: Pick<ExampleKeeper, 'store'>;
  readonly ladder: Ladder;
  readonly session: SessionSettings;
  readonly log: Logger;
  readonly stateDir: string;
  /** Heads that the configuration names for a camera; `null`: those in the state directory are its. */
  readonly headsOf: (camera: string) => string | null;
  /** Has the running camera answer by heads and keep them. @throws WeirError where it cannot: it goes on as before, nothing is kept */
  readonly adopt: RunningCameras['reteach'];
}

/** Teaches the daemon's cameras from their examples: one at a time, with processor time that no camera wants. */
export class DaemonTeaching implements TeachingService {
  readonly #parts: TeachingParts;
  readonly #stateDir: string;
  readonly #jobs = new Jobs<TaughtAnswer>(() => SYSTEM_CLOCK.unixMs());
  #forget: NodeJS.Timeout | undefined;

  constructor(parts: TeachingParts) {
    this.#parts = parts;
    this.#stateDir = parts.stateDir;
  }

  begin(camera: string, body: unknown): object {
    const store = this.#parts.keeper.store(camera);
    const named = this.#parts.headsOf(camera);
    if (named !== null) {
      throw usageError(
        'teach-heads-named',
        `camera ${camera} is configured to answer by heads: ${named}, and would not answer by what it is taught here`,
        'take `heads` out of its entry in the configuration, and reload',
      );
    }
    const { questions, minutes, ...wish } = parseBody(wishSchema, body);
    const { targetAccuracyLoss, targetCostRatio } = wish;
    const target = targetOf({
      ...(targetAccuracyLoss === undefined ? {} : { targetAccuracyLoss }),
      ...(targetCostRatio === undefined ? {} : { targetCostRatio }),
    });
    const lesson = lessonOf(camera, store.set.examples, { questions, minutes }, SYSTEM_CLOCK.unixMs());
    const how = { teacher: wish.teacher, useZero: wish.zero, seed: wish.seed, target };
    return this.#jobs.begin(camera, (progress, stop) => this.#teach(camera, store, lesson, how, progress, stop));
  }

  state(camera: string): object {
    this.#parts.keeper.store(camera);
    return this.#jobs.state(camera);
  }

  /** Resolves when nothing is under way. Also to be called at the start: a daemon that was killed has left its tables. */
  async forgetTables(): Promise<void> {
    const names = await readdir(this.#cache).catch(() => []);
    for (const name of names) if (name.endsWith('.column')) await rm(join(this.#cache, name), { force: true });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#forget);
    await this.#jobs.stop();
    await this.forgetTables();
  }

  get #cache(): string {
    return join(this.#stateDir, 'teaching');
  }

  async #teach(
    camera: string,
    store: ExampleStore,
    lesson: Lesson,
    how: Pick<TeachSettings, 'teacher' | 'useZero' | 'seed' | 'target'>,
    progress: Progress,
    stop: AbortSignal,
  ): Promise<TaughtAnswer> {
    const { ladder, session, log, adopt } = this.#parts;
    clearTimeout(this.#forget);
    try {
      await mkdir(this.#cache, { recursive: true, mode: 0o700 }); // it shows what the camera sees
      const { teaching, examples, table } = await teachFrom(toExamples(camera, store, lesson), {
        camera,
        ladder,
        rungs: candidateRungs(ladder, {}),
        fasterTwinsOnly: true,
        slots: 1,
        session,
        clock: SYSTEM_CLOCK,
        cache: this.#cache,
        progress,
        ...how,
        stop,
        isBackground: true,
      });
      stop.throwIfAborted();
      progress('bringing it into force', 0, 1);
      const path = join(this.#stateDir, 'heads', `${camera}.json`);
      const forgotten = await forgottenBy(path, teaching.heads, ladder);
      const keep = () => writeArtifact(path, headsText(teaching.heads), { isPrivate: true });
      await adopt(camera, taughtOf(path, teaching.heads), keep, stop);
      log.info(
        { camera, rungs: teaching.report.rungs },
        `camera ${camera} was taught from ${table.samples.length} frames`,
      );
      const ids = new Map(lesson.examples.map((example) => [nameOf(camera, example), example.id]));
      const idsOf = (rows: readonly number[]) =>
        rows.flatMap((row) => ids.get(examples.samples[row]?.name ?? '') ?? []);
      return {
        camera,
        heads: path,
        rungs: teaching.report.rungs,
        questions: teaching.report.questions.map(({ unsure, doubted, ...question }) => ({
          ...question,
          labelNext: idsOf(unsure),
          lookAgain: idsOf(doubted),
        })),
        frames: table.samples.length,
        warnings: [...examples.notices, ...table.notices, ...teaching.warnings, ...forgotten],
      };
    } catch (error) {
      log.warn({ camera }, `camera ${camera} could not be taught, and goes on as before: ${messageOf(error)}`);
      throw error;
    } finally {
      this.#forget = setTimeout(() => void this.forgetTables(), KEEP_TABLES_MS);
      this.#forget.unref();
    }
  }
}

/** What the camera answered before and does not any more, in words. */
async function forgottenBy(path: string, { questions }: Heads, ladder: Ladder): Promise<string[]> {
  const before = await readHeads(path, ladder).catch(() => null); // none, or none that could be used
  const now = questions.map(({ id }) => id);
  const gone = (before?.questions ?? []).map(({ id }) => id).filter((id) => !now.includes(id));
  if (gone.length === 0) return [];
  return [`the camera was taught before, and does not answer any more: ${gone.join(', ')}`];
}

/** The kept frames as teaching wants them: one time line, in the time of the day. */
function toExamples(camera: string, store: ExampleStore, { examples, questions, notices }: Lesson): Examples {
  return {
    samples: examples.map((example) => ({
      key: example.sha256,
      name: nameOf(camera, example),
      condition: camera,
      truth: null,
      group: example.id,
      load: async () => await store.pixels(example.id),
    })),
    sources: examples.map(() => camera),
    seconds: Float64Array.from(examples, ({ takenAtMs }) => takenAtMs / 1000),
    questions,
    picture: examples[0] ?? null,
    notices,
    close: () => {},
  };
}

function nameOf(camera: string, { id, takenAtMs }: Example): string {
  return `${camera} ${id} at ${new Date(takenAtMs).toISOString()}`;
}
