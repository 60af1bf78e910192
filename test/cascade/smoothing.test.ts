import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { demandsOf, type Sight, type Smoothing, StableAnswer } from '../../src/cascade/smoothing.ts';

const USUAL: Smoothing = { halfLifeSeconds: 4, evidence: 4, leastSeconds: 0, labels: {} };
const CLASSES = ['a', 'b', 'c'].map((name) => ({ id: name, name }));

/** A stream of looks at 5 frames per second, and what was stable after each. */
class Stream {
  readonly answer: StableAnswer;
  seconds = 0;
  stream = 1;
  /** What the wall clock is off by. */
  wallMs = 1_000_000;

  constructor(change: Partial<Smoothing> = {}) {
    const smoothing = { ...USUAL, ...change };
    this.answer = new StableAnswer(demandsOf(smoothing, CLASSES), smoothing.halfLifeSeconds);
  }

  /** Looks of which each letter names the answer; capitals are sure, small letters are not. @returns the stable ones, `-` for none */
  looks(letters: string, stepSeconds = 0.2): string {
    return [...letters]
      .map((letter) => {
        const sure = letter === letter.toUpperCase() ? 0.98 : 0.5;
        const at = 'abc'.indexOf(letter.toLowerCase());
        return this.look(
          CLASSES.map((_, k) => (k === at ? sure : (1 - sure) / 2)),
          stepSeconds,
        );
      })
      .join('');
  }

  look(probabilities: readonly number[], stepSeconds = 0.2, isReused = false): string {
    this.seconds += stepSeconds;
    this.answer.add(Float64Array.from(probabilities), this.sight(), isReused);
    return CLASSES[this.answer.stable]?.name ?? '-';
  }

  sight(): Sight {
    return { stream: this.stream, ptsSeconds: this.seconds, arrivedAtMs: this.wallMs + this.seconds * 1000 };
  }
}

describe('a stable answer', () => {
  test.each<[string, string, string, Partial<Smoothing>]>([
    ['is none after one look, however sure', 'A', '-', {}],
    ['is there after two sure looks', 'AAA', '-aa', {}],
    ['needs more of unsure looks', 'aaaaaaaa', '------aa', {}],
    ['stays through one look that differs', 'AAABAAA', '-aaaaaa', {}],
    ['stays while looks flicker between two', 'AABABABABABABABA', `-${'a'.repeat(15)}`, {}],
    ['stays while looks flicker between two others', 'AAAbcbcA', '-aaaaaaa', {}],
    ['changes after two sure looks', 'AAABBB', '-aaabb', {}],
    ['does not last longer for having lasted long', `${'A'.repeat(200)}BB`, `-${'a'.repeat(200)}b`, {}],
    ['changes later where more evidence is asked for', 'AAAABBBB', '--aaaabb', { evidence: 8 }],
    ['changes later where it must last', 'AAAAABBBBB', '---aaaaabb', { leastSeconds: 0.5 }],
    ['asks more for one label alone', 'AABBBBAA', '-aaabbba', { labels: { B: { evidence: 8 } } }],
    ['passes over what is too short for its label', 'AABBBAAACC', '-aaaaaaaac', { labels: { b: { leastSeconds: 1 } } }],
  ])('%s', (_name, letters, expected, change) => {
    expect(new Stream(change).looks(letters)).toBe(expected);
  });

  test('began with the look at which its evidence began', () => {
    const stream = new Stream();
    stream.looks('AAABAAA');
    expect(stream.answer.since?.ptsSeconds).toBeCloseTo(0.2);
    stream.looks('bbbbbbbbb');
    expect(stream.answer.since?.ptsSeconds).toBeCloseTo(1.6);
    expect(stream.answer.since?.arrivedAtMs).toBeCloseTo(1_001_600);
  });

  test('leaves to an answer of higher demands what speaks for it beyond the one that is stable now', () => {
    const stream = new Stream({ labels: { c: { evidence: 8 } } });
    stream.looks('AA');
    expect([1, 2].map(() => stream.look([0.02, 0.38, 0.6])).join('')).toBe('ab');
    expect(stream.looks('CC')).toBe('bc');
  });

  test('is the leading one after a while, where nothing is ever sure', () => {
    const stream = new Stream();
    const told = Array.from({ length: 60 }, () => stream.look([0.34, 0.33, 0.33]));
    expect([told[39], told[41]]).toEqual(['-', 'a']);
  });

  test.each([0.2, 0.04])(
    'takes no answer for stable because it is told again, every %f s, for less than a second',
    (step) => {
      const stream = new Stream();
      stream.looks('AA');
      const told = Array.from({ length: Math.floor(0.9 / step) }, (_, at) =>
        stream.look([0.01, 0.98, 0.01], step, at > 0),
      );
      expect(told.join('')).toBe('a'.repeat(told.length));
    },
  );

  test.each([0.2, 0.04])('takes a sure answer for stable that is told again, every %f s, for a second', (step) => {
    const stream = new Stream();
    stream.looks('AA');
    const begun = stream.seconds + step;
    while (stream.look([0.01, 0.98, 0.01], step, stream.seconds >= begun - step / 2) === 'a')
      expect(stream.seconds).toBeLessThan(9);
    expect(stream.seconds - begun).toBeCloseTo(1, 0);
    expect(stream.answer.since?.ptsSeconds).toBeCloseTo(begun);
  });

  test('never takes an unsure answer for stable because it is told again, but on further looks', () => {
    const stream = new Stream();
    stream.looks('AA');
    const told = Array.from({ length: 500 }, (_, at) => stream.look([0.3, 0.7, 0], 0.2, at > 0));
    expect(told.join('')).toBe('a'.repeat(500));
    expect([1, 2, 3, 4].map(() => stream.look([0.3, 0.7, 0])).join('')).toBe('aaab');
  });

  test('demands more than one look that lasts where the label does', () => {
    const stream = new Stream({ labels: { b: { evidence: 8 } } });
    stream.looks('AA');
    for (let at = 0; at < 100; at++)
      expect(stream.look([0.01, 0.98, 0.01], 0.2, at % 50 > 0)).toBe(at < 50 ? 'a' : 'b');
  });

  test('changes as soon at 25 frames per second as at 5', () => {
    const [slow, fast] = [0.2, 0.04].map((step) => {
      const stream = new Stream();
      stream.looks('A'.repeat(50), step);
      const begun = stream.seconds;
      while (stream.look([0.2, 0.7, 0.1], step) === 'a');
      return stream.seconds - begun;
    });
    expect(Math.abs((slow ?? 0) - (fast ?? 9))).toBeLessThan(0.25);
  });

  test('changes at one frame in an hour too', () => {
    expect(new Stream().looks('AABBB', 3600)).toBe('-aabb');
  });
});

describe('a stream that is not as it should be', () => {
  test.each<[string, (stream: Stream) => void]>([
    ['another stream', (stream) => Object.assign(stream, { stream: 2, seconds: 0 })],
    ['another stream whose times go on', (stream) => Object.assign(stream, { stream: 2 })],
    ['a jump back in time', (stream) => Object.assign(stream, { seconds: stream.seconds - 0.5 })],
  ])('%s keeps the answer and drops the evidence', (_name, happen) => {
    const stream = new Stream();
    expect(stream.looks('AAAB')).toBe('-aaa');
    happen(stream);
    expect(stream.looks('BB')).toBe('ab');
    const goesOn = new Stream();
    expect(goesOn.looks('AAABB')).toBe('-aaab');
  });

  test('after a long gap nothing is older than the look that follows', () => {
    const stream = new Stream();
    stream.looks('AAAB');
    stream.seconds += 3600;
    stream.looks('BB');
    expect(stream.answer.since?.ptsSeconds).toBeGreaterThan(3600);
  });

  test('missing frames cost no more than their own time', () => {
    const stream = new Stream();
    expect(stream.looks('AAAB')).toBe('-aaa');
    stream.seconds += 1;
    expect(stream.looks('B')).toBe('b');
  });

  test('frames with one and the same time are one look', () => {
    const stream = new Stream();
    stream.looks('AA');
    expect(stream.looks('BBBBBBBB', 0)).toBe('a'.repeat(8));
  });

  test('times that are no numbers are passed over', () => {
    const stream = new Stream();
    stream.looks('AAA');
    const seconds = stream.seconds;
    stream.seconds = Number.NaN;
    expect(stream.looks('BBB')).toBe('aaa');
    stream.seconds = seconds;
    expect(stream.looks('BB')).toBe('ab');
  });

  test('no classes at all are no answer', () => {
    const answer = new StableAnswer([], 4);
    expect(answer.add(new Float64Array(0), { stream: 1, ptsSeconds: 0, arrivedAtMs: 0 })).toBe(false);
    expect([answer.stable, answer.since]).toEqual([-1, null]);
  });
});

/** A look, and where it lies. */
interface Step {
  readonly probabilities: number[];
  readonly stepSeconds: number;
  readonly isNewStream: boolean;
  readonly isReused: boolean;
}

/** Looks at a scene that changes now and then, with gaps, jumps back, new streams and values that are no probabilities. */
function randomSteps(seed: number): Step[] {
  const random = seededRandom(seed);
  let scene = 0;
  return Array.from({ length: 300 }, () => {
    if (random() < 0.03) scene = Math.floor(random() * 3);
    const weights = CLASSES.map((_, k) => random() ** 3 + (k === scene ? random() * 2 : 0));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const odd = random();
    const probabilities = weights.map((weight) => (odd < 0.02 ? Number.NaN : odd < 0.04 ? -weight : weight / total));
    const stepSeconds = random() < 0.02 ? -random() : random() < 0.02 ? random() * 100 : random() * 0.4;
    return { probabilities, stepSeconds, isNewStream: random() < 0.01, isReused: random() < 0.3 };
  });
}

function play(steps: readonly Step[], each: (stream: Stream, told: string) => void = () => {}): string {
  const stream = new Stream();
  return steps
    .map(({ probabilities, stepSeconds, isNewStream, isReused }) => {
      if (isNewStream) Object.assign(stream, { stream: stream.stream + 1, seconds: 0 });
      const told = stream.look(probabilities, stepSeconds, isReused);
      each(stream, told);
      return told;
    })
    .join('');
}

describe.each(Array.from({ length: 20 }, (_, seed) => [seed] as const))('of random stream %i', (seed) => {
  const steps = randomSteps(seed);

  test('an answer stays once there is one, is never from the future, and takes two looks to change', () => {
    let [isThere, last, sameFor] = [false, '-', 9];
    play(steps, ({ answer, seconds, stream }, told) => {
      expect(isThere && told === '-').toBe(false);
      isThere ||= told !== '-';
      if (told !== last) expect(sameFor).toBeGreaterThanOrEqual(2);
      sameFor = told === last ? sameFor + 1 : 1;
      last = told;
      if (answer.since?.stream === stream) expect(answer.since.ptsSeconds).toBeLessThanOrEqual(seconds + 1); // it may have jumped back
    });
  });

  test('the order of the classes says nothing', () => {
    const turned = steps.map((step) => ({ ...step, probabilities: [...step.probabilities].reverse() }));
    expect(play(turned)).toBe(play(steps).replace(/[ac]/g, (name) => (name === 'a' ? 'c' : 'a')));
  });

  test('a wall clock that is set back changes no answer', () => {
    let count = 0;
    const set = play(steps, (stream) => {
      stream.wallMs -= count++ % 50 === 0 ? 3_600_000 : 0;
    });
    expect(set).toBe(play(steps));
  });

  test('there are fewer changes than of the looks alone', () => {
    const changes = (letters: string) =>
      [...letters].filter((letter, at) => at > 0 && letter !== letters[at - 1]).length;
    const raw = steps.map(({ probabilities: p }) => 'abc'[p.indexOf(Math.max(...p))] ?? '-').join('');
    expect(changes(play(steps))).toBeLessThan(changes(raw) / 2);
  });
});
