import { type SimulationOptions, simulate } from '../../src/simulate/simulate.ts';
import { cascadeView, traceOf } from './traces.ts';

const ANSWERS = new Map([['default', Array(10).fill('c0')]]);

/** Plays four cameras of the made-up trace for twenty seconds, unless something else is said. */
export function play(change: Partial<SimulationOptions> = {}, p95Ms?: number[]) {
  const options = {
    trace: traceOf(),
    cameras: 4,
    fps: 5,
    slots: 2,
    costScale: 1,
    seconds: 20,
    budgetMs: 100,
    seed: 1,
    answers: ANSWERS,
    ...change,
  };
  return simulate({ ...options, view: (_, machine) => cascadeView(machine, options.budgetMs, p95Ms) });
}
