import { usageError } from '../errors.ts';
import type { TeachOptions } from './teach.ts';

/**
 * Teaches a camera of the running daemon from the frames that it kept and people labelled.
 *
 * @throws WeirError `examples-mixed` with other sources of examples
 */
export async function teachCamera(id: string, options: TeachOptions, _stop: AbortSignal): Promise<number> {
  const others = { '--footage': options.footage, '--truth': options.truth, '--dataset': options.dataset };
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined) continue;
    throw usageError('examples-mixed', `--camera and ${name} exclude each other`, 'leave one of them out');
  }
  throw usageError(
    'teach-no-daemon',
    `camera ${id}: the daemon keeps no examples yet`,
    'give --footage FILE --truth FILE.json, or --dataset DIR',
  );
}
