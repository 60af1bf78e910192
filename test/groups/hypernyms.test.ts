import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArtifact } from '../../src/artifact/read.ts';
import { hypernymsFile, withKinds } from '../../src/groups/hypernyms.ts';
import { temporaryFolder } from '../support/clips.ts';
import { SHIPPED, shippedBook } from '../support/groups.ts';

const KIND = { what: 'hypernyms', schema: hypernymsFile };
const committed = readFileSync(join(SHIPPED, 'hypernyms.json'), 'utf8');

describe('the table of kinds', () => {
  test('is what its script makes of the package, byte by byte', async () => {
    const folder = await temporaryFolder();
    try {
      execFileSync(process.execPath, [join(SHIPPED, 'build/hypernyms.mjs'), folder.path]);
      expect(readFileSync(join(folder.path, 'hypernyms.json'), 'utf8') === committed).toBe(true);
    } finally {
      await folder.remove();
    }
  });

  test('leads from every label to the top, and its words are those of the label', async () => {
    const { synsets } = parseArtifact(committed, 'hypernyms.json', KIND);
    const { labels } = (await shippedBook()).vocabulary;
    expect(labels.length).toBe(1000);
    for (const { id, name } of labels) {
      expect(withKinds(synsets, id).has('n00001740')).toBe(true);
      // A name may be told apart from another: `kite (bird)`.
      const plain = name.replace(/ \(.*\)$/, '').toLowerCase();
      const words = synsets[id]?.words.map((word) => word.toLowerCase()) ?? [];
      expect(words.some((word) => plain.endsWith(word) || plain.startsWith(word))).toBe(true);
    }
  });

  test('a kind that is not there is told', () => {
    const source = { package: 'p', wordnet: '3.0', sha256: '' };
    const file = { schema: 'weir.hypernyms/1', source, synsets: { n1: { words: ['cab'], of: ['n2'] } } };
    expect(() => parseArtifact(JSON.stringify(file), 'hypernyms.json', KIND)).toThrow(
      'synsets.n1: is a kind of n2, which is not there',
    );
  });
});
