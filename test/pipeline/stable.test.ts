import { describe, expect, test } from 'vitest';
import type { Smoothing } from '../../src/cascade/smoothing.ts';
import { NULL_OBSERVER } from '../../src/commands/null-observer.ts';
import type { Answered } from '../../src/pipeline/asking.ts';
import { CameraPipeline } from '../../src/pipeline/camera.ts';
import type { AskedQuestion } from '../../src/pipeline/question.ts';
import type { SceneEvent } from '../../src/pipeline/told.ts';
import type { Looked, Statement, View } from '../../src/pipeline/view.ts';
import type { CameraState, Frame, Label } from '../../src/types.ts';

const SMOOTHING: Smoothing = { halfLifeSeconds: 4, evidence: 4, leastSeconds: 0, labels: {} };
const LETTERS = ['A', 'B', 'other'];

function question(id: string, letters = LETTERS): AskedQuestion {
  return {
    id,
    text: null,
    classes: letters.map((name) => ({ id: name, name })),
    policy: {
      mode: 'cascade',
      rungs: [],
      judge: () => ({ features: [], entry: () => 0, right: () => 1 }),
      operatingPoint: 'default',
    },
    poolRungs: [],
    p95Ms: () => [],
    reader: null,
  };
}

/** A sure answer; `null`: there is nothing to say. */
function answer(of: AskedQuestion, letter: string | null): Answered {
  const rest = { kind: 'answered', stop: 'accepted', right: 1, path: [], spentMs: 0 } as const;
  if (letter === null) return { ...rest, top: [], probabilities: new Float64Array(0) };
  const probabilities = Float64Array.from(of.classes, ({ name }) => (name === letter ? 0.98 : 0.01));
  return { ...rest, top: [{ label: letter, classId: letter, confidence: 0.98 }], probabilities };
}

/** What a frame is said to show: the answer of each question, of the whole view or of objects `#1`, `#2` … */
type Shown = Readonly<Record<string, string | null>>;

class Scripted implements View {
  readonly questions: AskedQuestion[];
  tracks = 0;
  shown: Shown = {};
  gone: number[] = [];

  constructor(...questions: AskedQuestion[]) {
    this.questions = questions;
  }

  async look(): Promise<Looked> {
    const statements = Object.entries(this.shown).map(([key, letter]): Statement => {
      const [id, track] = key.split('#');
      const asked = this.questions.find((one) => one.id === id) as AskedQuestion;
      const view = {
        kind: 'motion',
        box: [0, 0, 1, 1],
        ...(track === undefined ? {} : { track: Number(track) }),
      } as const;
      return { question: asked, view, result: answer(asked, letter) };
    });
    return { statements, ran: [], decideMs: 0, events: [], gone: this.gone, leftOut: 0, troubles: [] };
  }

  end(): readonly never[] {
    return [];
  }
}

class Camera {
  readonly labels: Label[] = [];
  readonly events: SceneEvent[] = [];
  readonly view: Scripted;
  readonly pipeline: CameraPipeline;
  nowMs = 0;
  wallMs = 1_000_000;
  stream = 1;
  #onFrame: (frame: Frame) => unknown = () => {};
  onState: (state: CameraState, reason: string) => void = () => {};
  #end = () => {};

  constructor(questions: readonly AskedQuestion[], smoothing: Smoothing | null = SMOOTHING) {
    this.view = new Scripted(...questions);
    this.pipeline = new CameraPipeline({
      camera: 'gate',
      pace: 'source',
      budgetMs: null,
      view: this.view,
      clock: { monotonicMs: () => this.nowMs, unixMs: () => this.wallMs + this.nowMs },
      clockSince: () => ({ state: 'unreadable', source: 'none' }),
      observer: NULL_OBSERVER,
      smoothing: () => smoothing,
      onLabel: (label) => this.labels.push(label),
      onEvent: (event) => this.events.push(event),
      onStatus: () => {},
      onFailure: () => {},
      source: ({ onFrame, onState }) => {
        this.#onFrame = onFrame;
        this.onState = onState;
        const start = () =>
          new Promise<void>((resolve) => {
            this.#end = resolve;
          });
        return { expectation: null, streams: 0, start, stop: async () => this.#end() };
      },
    });
    void this.pipeline.start();
  }

  /** A frame, 0.2 s after the one before. */
  async frame(shown: Shown, view = this.view): Promise<void> {
    view.shown = shown;
    this.nowMs += 200;
    this.#onFrame({
      camera: 'gate',
      stream: this.stream,
      ptsSeconds: this.nowMs / 1000,
      arrivedAtMs: this.wallMs + this.nowMs,
      arrivedMs: this.nowMs,
      width: 1,
      height: 1,
      pixels: new Uint8Array(3),
      release: () => {},
    });
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
  }

  async frames(letters: string, id = 'q'): Promise<void> {
    for (const letter of letters) await this.frame({ [id]: letter === 'o' ? 'other' : letter === '-' ? null : letter });
  }

  /** `begin A 0.2` */
  get told(): string[] {
    return this.events.map(({ phase, label, ptsSeconds }) => `${phase} ${label} ${ptsSeconds}`);
  }

  get stable(): string {
    return this.labels.map(({ stable }) => stable?.label ?? '-').join('');
  }

  get changed(): string {
    return this.labels.map(({ changed }) => (changed ? '!' : '.')).join('');
  }
}

describe('labels of the whole view', () => {
  test('tell what is stable and since when, and change when that does', async () => {
    const camera = new Camera([question('q')]);
    await camera.frames('AABAABBB');
    expect(camera.stable).toBe('-AAAAABB');
    expect(camera.changed).toBe('.!....!.');
    expect(camera.labels.at(-1)?.stable).toEqual({ label: 'B', sinceMs: 1_001_200 });
  });

  test('have events: each ends with the frame with which the next began', async () => {
    const camera = new Camera([question('q')]);
    await camera.frames('AAABBB');
    expect(camera.told).toEqual(['begin A 0.2', 'end A 0.8', 'begin B 0.8']);
    expect(camera.events[0]).toEqual({
      camera: 'gate',
      question: 'q',
      label: 'A',
      phase: 'begin',
      stream: 1,
      ptsSeconds: 0.2,
      atMs: 1_000_200,
    });
  });

  test('of what is other have none', async () => {
    const camera = new Camera([question('q')]);
    await camera.frames('AAoooBB');
    expect(camera.told).toEqual(['begin A 0.2', 'end A 0.6', 'begin B 1.2']);
  });

  test('of several questions are smoothed each by itself', async () => {
    const camera = new Camera([question('p'), question('q')]);
    for (const [p, q] of ['AB', 'AA', 'AB', 'BB', 'BB']) await camera.frame({ p: p ?? '', q: q ?? '' });
    expect(camera.events.map(({ question: id, phase, label }) => `${id} ${phase} ${label}`)).toEqual([
      'p begin A',
      'q begin B',
      'p end A',
      'p begin B',
    ]);
  });

  test('are each for itself where they are not smoothed', async () => {
    const camera = new Camera([question('q')], null);
    await camera.frames('AABA');
    await camera.pipeline.stop();
    expect([camera.stable, camera.changed, camera.told]).toEqual(['----', '!.!!', []]);
  });
});

describe('when something happens to the camera', () => {
  test('its end ends what is stable, with the last frame', async () => {
    const camera = new Camera([question('q')]);
    await camera.frames('AAAB');
    await camera.pipeline.stop();
    expect(camera.told).toEqual(['begin A 0.2', 'end A 0.8']);
  });

  test('an end before anything is stable is no event', async () => {
    const camera = new Camera([question('q')]);
    await camera.frames('A');
    await camera.pipeline.stop();
    expect(camera.told).toEqual([]);
  });

  test.each([
    [10_000, ['begin A 0.2'], 'AAAA'],
    [61_000, ['begin A 0.2', 'end A 0.4', 'begin A 61.6'], '-AAA'],
  ])(
    'a new stream after %d ms goes on with the answer, unless too much may have happened',
    async (ms, told, stable) => {
      const camera = new Camera([question('q')]);
      await camera.frames('AA');
      camera.onState('connecting', '');
      camera.nowMs += ms;
      camera.stream++;
      await camera.frames('AAAA');
      expect(camera.told).toEqual(told);
      expect(camera.stable.slice(2)).toBe(stable);
    },
  );

  test('a clock that is set back is told, and changes no answer', async () => {
    const camera = new Camera([question('q')]);
    await camera.frames('AAA');
    camera.wallMs -= 500_000;
    await camera.frames('AABB');
    expect(camera.told).toEqual(['begin A 0.2', 'end A 1.2', 'begin B 1.2']);
    expect(camera.events.map(({ atMs }) => atMs)).toEqual([1_000_200, 501_200, 501_200]);
  });

  test.each<[string, AskedQuestion, string[]]>([
    ['the same answers goes on', question('q'), ['begin A 0.2']],
    ['other answers ends it', question('q', ['A', 'C']), ['begin A 0.2', 'end A 0.4']],
    ['another question ends it', question('r'), ['begin A 0.2', 'end A 0.4']],
  ])('a view that asks for %s', async (_name, asked, told) => {
    const camera = new Camera([question('q')]);
    await camera.frames('AA');
    const next = new Scripted(asked);
    camera.pipeline.lookBy(next);
    await camera.frame({ [asked.id]: 'A' }, next);
    expect(camera.told).toEqual(told);
  });
});

describe('a question about what moves', () => {
  test('has a stable answer for each object, and no events of the whole view', async () => {
    const camera = new Camera([question('q')]);
    for (const shown of ['A', 'A', 'A', 'B', 'B']) await camera.frame({ 'q#1': shown, 'q#2': 'B' });
    const of = (track: number) => camera.labels.filter(({ view }) => view.track === track);
    expect(of(1).map(({ stable }) => stable?.label ?? '-')).toEqual(['-', 'A', 'A', 'A', 'B']);
    expect(of(2).map(({ changed }) => changed)).toEqual([false, true, false, false, false]);
    expect(camera.told).toEqual([]);
  });

  test('says once that nothing moves, and again after something did', async () => {
    const camera = new Camera([question('q')]);
    await camera.frames('---');
    await camera.frame({ 'q#1': 'A' });
    await camera.frames('--');
    expect(camera.changed).toBe('!...!.');
    expect(camera.stable).toBe('------');
  });

  test('is not smoothed over pictures that were looked at whole, as in a change of light', async () => {
    const camera = new Camera([question('q')]);
    await camera.frames('-AAAA-');
    expect([camera.stable, camera.told]).toEqual(['------', []]);
  });

  test('forgets an object that has left', async () => {
    const camera = new Camera([question('q')]);
    for (let i = 0; i < 3; i++) await camera.frame({ 'q#1': 'A' });
    camera.view.gone = [1];
    await camera.frames('-');
    camera.view.gone = [];
    await camera.frame({ 'q#1': 'A' });
    expect(camera.labels.at(-1)?.stable).toBeNull();
  });
});
