import type { CameraState, ClockStateName } from '../wire.ts';

/** How something is told: by a word, a sign and a colour, so never by colour alone. */
export interface Telling {
  readonly tone: 'good' | 'fair' | 'bad' | 'calm';
  readonly sign: string;
  readonly word: string;
  readonly explanation: string;
}

const STATES: Readonly<Record<CameraState, Telling>> = {
  live: { tone: 'good', sign: '●', word: 'live', explanation: 'Frames come and are classified.' },
  connecting: { tone: 'calm', sign: '◌', word: 'connecting', explanation: 'The source is being opened.' },
  stalled: {
    tone: 'fair',
    sign: '▲',
    word: 'stalled',
    explanation: 'No frame has come for a while; it is tried again.',
  },
  failed: { tone: 'bad', sign: '✕', word: 'failed', explanation: 'The source could not be opened; it is tried again.' },
  ended: { tone: 'calm', sign: '■', word: 'ended', explanation: 'The recording is over.' },
  paused: { tone: 'calm', sign: '❚❚', word: 'paused', explanation: 'Someone paused this camera.' },
  removed: { tone: 'calm', sign: '–', word: 'removed', explanation: 'This camera is no longer configured.' },
};

export function stateTelling(state: CameraState): Telling {
  return STATES[state] ?? { tone: 'calm', sign: '?', word: state, explanation: '' };
}

const TROUBLES: Readonly<Record<string, Omit<Telling, 'sign'>>> = {
  'too-slow': {
    tone: 'fair',
    word: 'too slow',
    explanation:
      'Frames, or answers about some of its questions or objects, are left out for want of time; Details and Figures count them. Ask for fewer frames a second (fps), allow more time (budgetMs), or ask fewer questions.',
  },
  drift: { tone: 'fair', word: 'drift', explanation: 'Answers agree too seldom with those of the top rung.' },
  unproven: {
    tone: 'calm',
    word: 'unproven',
    explanation: 'Answers are told again, and too few have been checked yet to know that this is right. No trouble.',
  },
  moved: {
    tone: 'bad',
    word: 'moved',
    explanation: 'The camera shows another scene than it was taught with: answers are doubtful.',
  },
  inference: { tone: 'bad', word: 'inference fails', explanation: 'Frames could not be classified.' },
  'other-picture': {
    tone: 'fair',
    word: 'other picture',
    explanation: 'The picture has another size than the one that it was taught with.',
  },
  heads: {
    tone: 'fair',
    word: 'not taught',
    explanation: 'What it was taught cannot be used; it is asked for the general labels.',
  },
};

/** Of a state that nobody tells any more. */
export function unheardTelling({ word }: Telling): Telling {
  return { tone: 'calm', sign: '?', word: `was ${word}`, explanation: 'Weir does not answer: this is how it was.' };
}

/** What is wrong with a camera, the worst first: a state without a picture, then troubles. Empty: nothing is. */
export function wrongs(state: CameraState, degraded: readonly string[]): readonly Telling[] {
  const told = [stateTelling(state), ...degraded.map(troubleTelling)];
  return (['bad', 'fair'] as const).flatMap((tone) => told.filter((one) => one.tone === tone));
}

/** What a name in `degraded` means. */
export function troubleTelling(name: string): Telling {
  const known = TROUBLES[name] ?? {
    tone: 'fair',
    word: name,
    explanation: 'This version of the dashboard does not know what this means.',
  };
  return { ...known, sign: known.tone === 'calm' ? 'i' : '▲' };
}

const CLOCKS: Readonly<Record<ClockStateName, Telling>> = {
  pinned: { tone: 'good', sign: '◆', word: 'pinned', explanation: 'Clocks are fixed: times can be compared.' },
  floating: {
    tone: 'calm',
    sign: '≈',
    word: 'floating',
    explanation: 'Clocks vary with the load: times are not exact.',
  },
  throttled: { tone: 'bad', sign: '▼', word: 'throttled', explanation: 'The machine is hot and has slowed down.' },
  mixed: { tone: 'fair', sign: '◇', word: 'mixed', explanation: 'The clocks changed while this was measured.' },
  unreadable: { tone: 'calm', sign: '?', word: 'unreadable', explanation: 'This machine does not tell its clocks.' },
};

export function clockTelling(state: ClockStateName): Telling {
  return CLOCKS[state] ?? { tone: 'calm', sign: '?', word: state, explanation: '' };
}

/** What a gear means. */
export function gearWords(gear: number): string {
  if (gear === 0) return 'as configured';
  return `${gear} ${gear === 1 ? 'step' : 'steps'} cheaper than configured, for want of time`;
}

/** The same where its number stands beside it. */
export function gearExplained(gear: number): string {
  return gear === 0 ? 'as configured' : 'cheaper than configured, for want of time';
}
