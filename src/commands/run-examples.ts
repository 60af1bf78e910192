import { join } from 'node:path';
import { z } from 'zod';
import { type ExamplesConfig, examples as examplesConfig } from '../config/examples.ts';
import type { CameraConfig, Config } from '../config/schema.ts';
import { questionsOf } from '../examples/census.ts';
import type { Answered, ExampleLimits } from '../examples/example.ts';
import { ExampleKeeper, type KeptCamera } from '../examples/keeper.ts';
import { labelling, parseBody, parseLabels } from '../examples/labelling.ts';
import { DAY_MS, listingOf, MEGABYTE, totalsOf } from '../examples/listing.ts';
import { encodeJpeg } from '../image/file.ts';
import type { Statement } from '../pipeline/view.ts';
import type { ExamplesService } from '../server/examples-api.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { type Logger, RateLimiter } from '../service/log.ts';
import type { WorkingSize } from '../types.ts';

const JPEG_QUALITY = 90;
const SHOWN = 200;
/** Who looks at a picture is to find it there when labelling it. */
const HELD_MS = 15 * 60_000;

const limitQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, 'must be a whole number above 0')
    .optional(),
});

/** The keeper of a daemon's examples, in its state directory. */
export function createKeeper(working: WorkingSize, log: Logger, stateDir: string): ExampleKeeper {
  const limiter = new RateLimiter();
  return new ExampleKeeper({
    folder: join(stateDir, 'examples'),
    usualLimits: limitsOf(examplesConfig.parse({})),
    working,
    clock: SYSTEM_CLOCK,
    random: Math.random,
    onNotice: (camera, text) => log.warn({ camera }, text),
    onFailure: (camera, reason) =>
      limiter.run(camera, SYSTEM_CLOCK.monotonicMs(), (held) =>
        log.error({ camera, held }, `no example of camera ${camera} could be kept: ${reason}`),
      ),
  });
}

/** What of the cameras is to be kept. */
export function keptCameras({ cameras }: { readonly cameras: readonly CameraConfig[] }): KeptCamera[] {
  return cameras.map(({ id, examples }) => ({ id, isKept: examples.keep, limits: limitsOf(examples) }));
}

function limitsOf(examples: ExamplesConfig): ExampleLimits {
  const { maxFrames, maxMegabytes, maxAgeDays, randomRatio, minIntervalSeconds, unsureBelow } = examples;
  return {
    maxFrames,
    maxBytes: maxMegabytes * MEGABYTE,
    maxAgeMs: maxAgeDays * DAY_MS,
    randomRatio,
    minIntervalMs: minIntervalSeconds * 1000,
    unsureBelow,
  };
}

/** Says once what is kept: people who see the machine are to know. */
export function tellExamples(keeper: ExampleKeeper, { cameras }: Pick<Config, 'cameras'>, log: Logger): void {
  for (const { id, examples } of cameras) {
    const store = keeper.storeIfAny(id);
    if (store === null) continue;
    const { frames, labelled } = totalsOf(store);
    const { maxFrames, maxMegabytes, maxAgeDays } = examples;
    log.info(
      { camera: id, frames, labelled },
      `examples of camera ${id} are kept: ${frames} pictures (${labelled} labelled), at most ${maxFrames}, ${maxMegabytes} MB, ${maxAgeDays} days`,
    );
  }
}

/** What was answered, as it is kept with an example. */
export function answersOf(statements: readonly Statement[]): Answered[] {
  return statements.flatMap(({ question: { id }, result }): Answered[] => {
    if (result.kind !== 'answered') return [];
    const [best] = result.top;
    return [
      {
        question: id,
        label: best?.label ?? null,
        classId: best?.classId ?? null,
        confidence: best?.confidence ?? null,
        right: result.right,
      },
    ];
  });
}

export interface ExamplesParts {
  /** @throws WeirError `not-ready` while models are loaded */
  readonly keeper: () => ExampleKeeper;
  /** Takes away what was measured of pictures: it shows those that are taken away too. */
  readonly forgetTables: () => Promise<void>;
  readonly log: Pick<Logger, 'info'>;
}

/** The API of the examples. What is left from before can be looked at and taken away, but not labelled. */
export function examplesService({ keeper, forgetTables, log }: ExamplesParts): ExamplesService {
  return {
    list: (camera, limit) =>
      keeper().use(camera, async (store, isKept) => {
        parseBody(limitQuery, limit === undefined ? {} : { limit });
        return listingOf(camera, store, isKept, limit === undefined ? SHOWN : Number(limit));
      }),
    picture: (camera, example, format) =>
      keeper().use(camera, async (store) => {
        if (format === 'webp') return await store.file(example);
        store.set.hold(example, SYSTEM_CLOCK.unixMs() + HELD_MS);
        return await encodeJpeg(await store.pixels(example), { quality: JPEG_QUALITY });
      }),
    label: async (camera, body) => {
      const store = keeper().store(camera);
      const request = parseLabels(body);
      const { changes, inSpans } = await store.label((kept) => labelling(request, kept, SYSTEM_CLOCK.unixMs()));
      return {
        changed: changes.length,
        spans: request.spans.map(({ from, to }, at) => ({ from, to, examples: inSpans[at] })),
        questions: questionsOf(store.set.examples),
      };
    },
    remove: async (camera, example) => {
      const removed = await keeper().use(camera, (store) => store.remove(example));
      await forgetTables();
      log.info(
        { camera, removed },
        `examples of camera ${camera} were taken away on demand: ${example === null ? `all ${removed}` : example}`,
      );
      return { removed };
    },
  };
}
