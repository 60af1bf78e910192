import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { authMessage, subscribeMessage } from '../../src/protocol/client-schemas.ts';
import { asyncApiDocument, messagesSchema, publishedDocuments } from '../../src/protocol/documents.ts';
import type { ClientMessage, SequencedMessage, ServerMessage } from '../../src/protocol/messages.ts';
import type { serverMessage, serverMessages } from '../../src/protocol/server-schemas.ts';
import { proven, type Same } from './equal.ts';

describe('schemas of messages', () => {
  test('are the types of messages.ts, at compile time', () => {
    type Of<T extends string> = Extract<SequencedMessage, { type: T }>;
    proven<Same<z.infer<typeof serverMessages.label>, Of<'label'>>>();
    proven<Same<z.infer<typeof serverMessages.event>, Of<'event'>>>();
    proven<Same<z.infer<typeof serverMessages.camera>, Of<'camera'>>>();
    proven<Same<z.infer<typeof serverMessage>, ServerMessage>>();
    proven<Same<z.infer<typeof authMessage> | z.infer<typeof subscribeMessage>, ClientMessage>>();
    // @ts-expect-error a field more is another type
    proven<Same<z.infer<typeof serverMessages.mark> & { more?: string }, Extract<ServerMessage, { type: 'mark' }>>>();
    // @ts-expect-error a field that may be missing is another type
    proven<Same<{ a: string }, { a?: string }>>();
  });

  test.each(Object.entries(publishedDocuments()))('%s is what the schemas say: npm run schemas', (name, document) => {
    const committed = readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8');
    expect(committed).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });

  test('refuse what is none of the messages, and let clients be sent what they do not know', () => {
    const published = new Ajv2020().compile(messagesSchema(true));
    const strict = new Ajv2020().compile(messagesSchema(false));
    const mark = { type: 'mark', epoch: 'e', seq: 1 };
    expect([published(mark), strict(mark)]).toEqual([true, true]);
    expect([published({ ...mark, later: 1 }), strict({ ...mark, later: 1 })]).toEqual([true, false]);
    expect(published({ ...mark, seq: -1 })).toBe(false);
    expect(published({ type: 'label' })).toBe(false);
  });
});

describe('the AsyncAPI document', () => {
  const document = asyncApiDocument();

  test('is valid AsyncAPI 3.0', () => {
    const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json');
    const ajv = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });
    const validate = ajv.compile(schema);
    expect(validate(document), ajv.errorsText(validate.errors)).toBe(true);
    expect(validate({ ...document, operations: { tell: { action: 'shout' } } })).toBe(false);
  });

  test('refers to nothing that is not there', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(references.length).toBeGreaterThan(30);
    const at = (path: string) =>
      path.split('/').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
    expect(references.filter((path) => at(path) === undefined)).toEqual([]);
  });
});
