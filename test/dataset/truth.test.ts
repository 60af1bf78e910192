import { describe, expect, test } from 'vitest';
import { parseTruth, readTruth, truthAt } from '../../src/dataset/truth.ts';

const interval = (from: number, to: number, label: string, also?: string[]) => ({
  from,
  to,
  label,
  ...(also && { also }),
});
const CLASSES = { open: 'it is open', closed: '', '~': 'unclear' };
const flat = (intervals: unknown[], changes: object = {}) => ({
  clip: 'gate.mp4',
  question: 'Is the gate open?',
  classes: CLASSES,
  intervals,
  ...changes,
});
const full = (...questions: object[]) => ({ schema: 'weir.truth/1', clip: 'gate.mp4', questions });
const read = (file: unknown) => parseTruth(JSON.stringify(file), 'gate.json');

describe('a truth file', () => {
  test('in its flat form is one question, and "~" none of its classes', () => {
    expect(read(flat([interval(0, 5, 'open')]))).toEqual([
      {
        id: 'default',
        text: 'Is the gate open?',
        classes: [{ name: 'open', meaning: 'it is open' }, { name: 'closed' }],
        intervals: [{ from: 0, to: 5, label: 'open', also: [] }],
      },
    ]);
  });

  test('may hold several questions', () => {
    const questions = read(
      full(
        { id: 'gate', text: 'Is it open?', classes: CLASSES, intervals: [interval(0, 5, 'open', ['closed'])] },
        { id: 'drive', classes: { empty: '', car: '' }, intervals: [] },
      ),
    );
    expect(questions.map(({ id, text }) => [id, text])).toEqual([
      ['gate', 'Is it open?'],
      ['drive', null],
    ]);
    expect(questions[0]?.intervals[0]?.also).toEqual(['closed']);
  });

  test('says what is true of a moment: half-open, unclear before all, unsaid where nothing covers it', () => {
    const [question] = read(flat([interval(0, 5, 'open'), interval(5, 6, '~'), interval(5.5, 8, 'closed', ['open'])]));
    const at = (seconds: number) => (question === undefined ? null : truthAt(question, seconds));
    expect(at(0)).toEqual({ kind: 'label', label: 'open', also: ['open'] });
    expect(at(4.999)).toMatchObject({ label: 'open' });
    expect(at(5)).toEqual({ kind: 'unclear' });
    expect(at(5.75)).toEqual({ kind: 'unclear' });
    expect(at(6)).toEqual({ kind: 'label', label: 'closed', also: ['closed', 'open'] });
    expect(at(8)).toEqual({ kind: 'unsaid' });
    expect(at(-1)).toEqual({ kind: 'unsaid' });
  });

  test.each([
    [
      'a label that is no class',
      flat([interval(0, 5, 'opne')]),
      'intervals[0].label: "opne" is none of the classes (did you mean "open"?)',
    ],
    [
      'a further label that is none',
      flat([interval(0, 5, 'open', ['shut'])]),
      'intervals[0].also[0]: "shut" is none of the classes (known: open, closed)',
    ],
    [
      '"~" as a further label',
      flat([interval(0, 5, 'open', ['~'])]),
      'intervals[0].also[0]: "~" is no class; leave it out',
    ],
    [
      'an interval that ends before it begins',
      flat([interval(5, 5, 'open')]),
      'intervals[0]: from 5 is not before to 5',
    ],
    [
      'two labels at once',
      flat([interval(4, 9, 'closed'), interval(0, 5, 'open')]),
      'intervals: from 4 to 5 s both "open" and "closed" are said',
    ],
    ['no class', flat([], { classes: { '~': '' } }), 'classes: names no class'],
    ['an unknown key', flat([], { qestion: 'x' }), 'qestion: unknown key (did you mean "question"?)'],
    [
      'an unknown key in an interval',
      flat([{ ...interval(0, 1, 'open'), form: 2 }]),
      'intervals[0].form: unknown key (did you mean "from"?)',
    ],
    [
      'another schema',
      { ...full({ id: 'a', classes: CLASSES, intervals: [] }), schema: 'weir.truth/2' },
      'schema: invalid input: expected "weir.truth/1"',
    ],
    [
      'one question twice',
      full({ id: 'a', classes: CLASSES, intervals: [] }, { id: 'a', classes: CLASSES, intervals: [] }),
      'questions[1].id: "a" stands there twice',
    ],
    [
      'a time that is none',
      flat([{ ...interval(0, 1, 'open'), to: '5' }]),
      'intervals[0].to: must be a number, not a text',
    ],
    ['nothing of it', {}, 'schema: invalid input: expected "weir.truth/1"'],
  ])('with %s is refused', (_name, file, message) => {
    expect(() => read(file)).toThrow(expect.objectContaining({ code: 'truth-invalid', exitCode: 2 }));
    expect(() => read(file)).toThrow(message);
  });

  test('may say two things at once if each is right beside the other', () => {
    const both = [interval(0, 5, 'open', ['closed']), interval(4, 9, 'closed', ['open'])];
    expect(read(flat(both))[0]?.intervals.length).toBe(2);
    expect(() => read(flat([interval(0, 5, 'open', ['closed']), interval(4, 9, 'closed')]))).toThrow('from 4 to 5 s');
    expect(read(flat([interval(0, 5, 'open'), interval(4, 9, 'open')]))[0]?.intervals.length).toBe(2);
  });

  test('that is not there, or is no JSON, is told', async () => {
    await expect(readTruth('/nowhere/gate.json')).rejects.toMatchObject({ code: 'truth-missing', exitCode: 2 });
    expect(() => parseTruth('{', 'gate.json')).toThrow(/truth file gate\.json: is not JSON/);
  });
});
