import type { CameraState } from '../wire.ts';

/** Why there is no picture of a camera that gives none, and what brings one; `null` of one that gives pictures. */
export function noPictureWords(state: CameraState, reason: string): string | null {
  const why = reason === '' ? '' : `: ${reason}`;
  switch (state) {
    case 'live':
      return null;
    case 'paused':
      return 'No picture: it is paused. Resume it to see it again.';
    case 'ended':
      return `No picture: the recording has ended${why}. It begins again with loop: true, or when Weir is restarted.`;
    case 'failed':
      return `No picture: it failed${why}. A network source is tried again by itself.`;
    case 'stalled':
      return `No picture: no frames come${why}. It is opened anew by itself.`;
    default:
      return 'No picture yet: it is being connected to.';
  }
}
