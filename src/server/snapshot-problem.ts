import { WeirError } from '../errors.ts';
import type { CameraState } from '../types.ts';

/** What of a camera says why there is no picture of it. */
export interface Pictureless {
  readonly id: string;
  readonly state: CameraState;
  readonly reason: string;
}

const NO_FRAME = 'no frame of it has come yet';

/** Why there is no picture of a camera, and what brings one, by its state. */
export function noPicture({ id, state, reason }: Pictureless): WeirError {
  const why = reason === '' ? '' : `: ${reason}`;
  const told = (message: string, remedy: string) => new WeirError('no-picture', message, { remedy });
  switch (state) {
    case 'paused':
      return told(
        `camera ${id} is paused: no picture of it is taken`,
        `resume it: POST /api/cameras/${id}/resume, or without \`paused\` in the configuration`,
      );
    case 'ended':
      return told(
        `camera ${id} has ended${why}`,
        'a recording begins again with `loop: true`, or when Weir is restarted',
      );
    case 'failed':
      return told(`camera ${id} has failed${why}`, 'mend that; a network source is tried again by itself');
    case 'stalled':
      return told(`camera ${id} gives no frames at present${why}`, 'it is opened anew: try again in a moment');
    case 'connecting':
      return told(`camera ${id} is being connected to, and ${NO_FRAME}${why}`, 'try again in a moment');
    default:
      return told(`camera ${id} is ${state}, and ${NO_FRAME}`, 'try again in a moment');
  }
}
