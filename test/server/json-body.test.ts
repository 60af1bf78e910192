import { expect, test } from 'vitest';
import { jsonMistake } from '../../src/server/json-body.ts';
import fc from '../support/property.ts';

test.each([
  ['{"a":1', 1, 7, 'it ends too early: a "}" is missing'],
  ['[1,', 1, 4, 'it ends too early: a value is missing'],
  ['{"a"', 1, 5, 'it ends too early: a ":" is missing'],
  ['{', 1, 2, 'it ends too early: a name is missing'],
  ['{\n  "a": x\n}', 2, 8, 'a value is expected, not "x"'],
  ['{"a": True}', 1, 7, 'a value is expected, not "True"'],
  ['{"a": 01}', 1, 7, 'a value is expected, not "01"'],
  ["{'a': 1}", 1, 2, 'a name in double quotes is expected, not "\'"'],
  ['{"a": \'b\'}', 1, 7, 'a value is expected, not "\'": names and texts stand in double quotes'],
  ['{a: 1}', 1, 2, 'a name in double quotes is expected, not "a"'],
  ['{"a": 1,}', 1, 8, 'there is a comma too many before }'],
  ['[1, 2,\n]', 1, 6, 'there is a comma too many before ]'],
  ['{"a" 1}', 1, 6, 'a ":" is expected behind a name, not "1"'],
  ['{"a": 1 "b": 2}', 1, 9, 'a comma or "}" is expected, not a text'],
  ['{"a": [1}', 1, 9, 'a "]" is missing, but there is "}"'],
  ['{"a": "b', 1, 7, 'a text is not closed'],
  ['{"a": "b\nc"}', 1, 9, 'a text goes over the end of its line: close it, or write \\n'],
  ['{"a": "C:\\data"}', 1, 10, '"\\d" means nothing in a text: a backslash is written \\\\'],
  ['{"ü𝄞": x}', 1, 8, 'a value is expected, not "x"'],
  ['{} {}', 1, 4, 'nothing more is expected, but there is "{"'],
  ['id=gate', 1, 1, 'a value is expected, not "id"'],
])('%j is told as no JSON at line %i, character %i: %s', (text, line, character, message) => {
  expect(jsonMistake(text)).toEqual({ line, character, message });
});

test('what is JSON has no mistake, and what is none has one: as the platform judges it', () => {
  const broken = fc.tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom('', ',', '"', '}', '[', ':', '\\', '1', 'e', '-', '\n', "'"),
  );
  fc.assert(
    fc.property(broken, ([text, place, sign]) => {
      const at = place % (text.length + 1);
      for (const changed of [text, text.slice(0, at) + sign + text.slice(at + 1), text.slice(0, at)]) {
        let isJson = true;
        try {
          JSON.parse(changed);
        } catch {
          isJson = false;
        }
        expect(jsonMistake(changed) === null, changed).toBe(isJson);
      }
    }),
  );
});

test('a text that is nested deep, or long, is looked through too', () => {
  expect(jsonMistake('['.repeat(1_000_000))).toMatchObject({ character: 1_000_001 });
  expect(jsonMistake(`"${'x'.repeat(2_000_000)}`)).toMatchObject({ message: 'a text is not closed' });
});
