import { type Engine, startEngine, type Use } from '../src/commands/engine.ts';
import type { Config } from '../src/config/schema.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';

/** An engine for what cameras ask, without a premodel for the ladder's labels; the benchmark ends where one of its threads dies. */
export function benchEngine(
  { ladder, inference }: Config,
  uses: readonly Use[],
  slots: Config['inference']['slots'],
): Promise<Engine> {
  return startEngine({
    ladder,
    premodel: null,
    rungs: null,
    uses,
    slots,
    session: inference,
    warmupRuns: inference.warmupRuns,
    topK: 1,
    clock: SYSTEM_CLOCK,
    onCrash: (reason) => {
      throw new Error(reason);
    },
  });
}
