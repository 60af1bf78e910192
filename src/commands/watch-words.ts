import { didYouMean } from '../artifact/problems.ts';
import type { CameraMessage, GapMessage, HelloMessage, ServerMessage } from '../client/messages.ts';
import { formatEvent, formatLabel, isOfChange } from '../sinks/console.ts';

/** Lines for a person about what a daemon sends: `print` takes results, `note` what is said beside them. */
export interface Lines {
  readonly print: (line: string) => void;
  readonly note: (line: string) => void;
}

/** Tells messages to a person; labels only where they change, and the first of each question of a camera. */
export function tellForPerson(
  address: string,
  wanted: readonly string[] | 'all',
  every: 'frame' | 'change',
  { print, note }: Lines,
): (message: ServerMessage) => void {
  const seen = new Set<string>();
  const degraded = new Set<string>();
  /** What was said of each camera last. */
  const lines = new Map<string, string>();
  return (message) => {
    switch (message.type) {
      case 'hello':
        degraded.clear();
        for (const camera of message.cameras) noteDegraded(degraded, camera.id, camera.degraded);
        return helloLines(address, wanted, message).forEach(note);
      case 'camera': {
        const line = cameraLine(message, degraded);
        // What it tells beside that changes more often.
        if (lines.get(message.camera) !== line) note(line);
        lines.set(message.camera, line);
        return;
      }
      case 'event':
        if (every === 'frame' || !isOfChange(message)) print(formatEvent(message));
        return;
      case 'label': {
        const asked = `${message.camera}/${message.question}`;
        const isNew = !seen.has(asked);
        seen.add(asked);
        if (every === 'frame' || isNew || message.changed) print(formatLabel(message));
        return;
      }
      case 'gap':
        return note(gapLine(message));
      case 'error':
        return note(`the daemon says: ${message.message}`);
    }
  };
}

const WHY_MISSED: Readonly<Record<GapMessage['reason'], string>> = {
  slow: 'they were not read in time',
  expired: 'they are no longer kept',
  epoch: 'the daemon was not stopped in an orderly way, or its history is another',
};

/** `missed 12 messages (no longer kept): 40 to 51` */
export function gapLine({ from, to, missed, reason }: GapMessage): string {
  return `missed ${missed} ${missed === 1 ? 'message' : 'messages'}, ${from} to ${to}: ${WHY_MISSED[reason] ?? reason}`;
}

/** What of a greeting is told: of each camera that is wanted how it is, and which are not known. */
export function helloLines(
  address: string,
  wanted: readonly string[] | 'all',
  { cameras }: { readonly cameras: readonly Omit<HelloMessage['cameras'][number], 'questions'>[] },
): string[] {
  const shown = wanted === 'all' ? cameras : cameras.filter(({ id }) => wanted.includes(id));
  const list = shown.map(({ id, state, reason, degraded = [] }) => {
    const why = [
      ...(reason === '' ? [] : [reason]),
      ...(degraded.length > 0 ? [`degraded: ${degraded.join(', ')}`] : []),
    ];
    return `${id} is ${state}${why.length === 0 ? '' : ` (${why.join('; ')})`}`;
  });
  const connected = `connected to ${address}: ${list.join(', ') || 'no camera'}`;
  return [connected, ...unknownLines(wanted, cameras)];
}

/** What is said of cameras that are wanted and that there are not, or not yet: a line, or none. */
export function unknownLines(wanted: readonly string[] | 'all', cameras: readonly { readonly id: string }[]): string[] {
  const known = cameras.map(({ id }) => id);
  const unknown = wanted === 'all' ? [] : wanted.filter((id) => !known.includes(id));
  if (unknown.length === 0) return [];
  const named = unknown.map((id) => `${id}${didYouMean(id, known)}`);
  return [
    `it has no camera ${named.join(', ')}; it has ${known.join(', ') || 'none'}: one that is added later is shown`,
  ];
}

/**
 * A change of a camera's state for a person: also that a trouble is over.
 *
 * @param troubled cameras that were degraded when last heard of; brought up to date
 */
export function cameraLine(
  { camera, state, reason, degraded = [] }: Pick<CameraMessage, 'camera' | 'state' | 'reason' | 'degraded'>,
  troubled: Set<string>,
): string {
  const isOver = troubled.has(camera) && degraded.length === 0 && state === 'live';
  noteDegraded(troubled, camera, degraded);
  const trouble = degraded.length > 0 ? ` (degraded: ${degraded.join(', ')})` : isOver ? ' (no longer degraded)' : '';
  return `camera ${camera} is ${state}${reason ? `: ${reason}` : ''}${trouble}`;
}

function noteDegraded(troubled: Set<string>, camera: string, degraded: readonly string[] = []): void {
  if (degraded.length > 0) troubled.add(camera);
  else troubled.delete(camera);
}
