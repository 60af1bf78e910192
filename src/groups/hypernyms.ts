import { z } from 'zod';

const synset = z.strictObject({
  /** Its words, the commonest first. */
  words: z.array(z.string().min(1)).min(1),
  /** Ids of what it is a kind of. */
  of: z.array(z.string().min(1)),
});

/** `weir.hypernyms/1`: the labels of a ladder and everything that they are a kind of, by id. */
export const hypernymsFile = z
  .strictObject({
    schema: z.literal('weir.hypernyms/1'),
    source: z.strictObject({ package: z.string(), wordnet: z.string(), sha256: z.string() }),
    synsets: z.record(z.string(), synset),
  })
  .superRefine(({ synsets }, context) => {
    for (const [id, { of }] of Object.entries(synsets)) {
      const missing = of.find((parent) => synsets[parent] === undefined);
      if (missing === undefined) continue;
      context.addIssue({
        code: 'custom',
        path: ['synsets', id],
        message: `is a kind of ${missing}, which is not there`,
      });
    }
  });

/** By id; see `hypernymsFile`. */
export type Synsets = z.infer<typeof hypernymsFile>['synsets'];

/** An id and everything that it is a kind of, to the top; a kind may be reached by several ways. */
export function withKinds(synsets: Synsets, id: string): Set<string> {
  const seen = new Set<string>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(synsets[next]?.of ?? []));
  }
  return seen;
}
