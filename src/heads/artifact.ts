import { z } from 'zod';
import { invalid, parseArtifact, readTextFile } from '../artifact/read.ts';
import { usageError } from '../errors.ts';
import { premodelFile, premodelProblem, reuseFit } from '../premodel/artifact.ts';
import type { LabelClass, Ladder } from '../types.ts';
import { OTHER, ZERO } from '../words.ts';
import { base64, bytesOf, floats, floatsOf, toBase64 } from './binary.ts';
import type { Head } from './head.ts';
import { RASTER_SIZE } from './zero.ts';

const finite = z.number().finite();

/** Arrays are base64 of little-endian values, so that a head survives saving and loading bit by bit. */
const head = z.strictObject({
  dimensions: z.int().positive(),
  space: z.enum(['scene', 'root']),
  /** `float32 [classes][dimensions]` */
  weights: floats,
  /** `float32 [classes]` */
  bias: floats,
  /** `float32 [classes][dimensions]` */
  means: floats,
  other: z.strictObject({ limit: finite.positive(), slope: finite.positive() }),
});

const question = z.strictObject({
  id: z.string().min(1),
  text: z.string().optional(),
  /** Without `other`, which every question has besides. */
  classes: z
    .array(z.strictObject({ name: z.string().min(1), meaning: z.string().optional(), examples: z.int().min(0) }))
    .min(2),
  /** By rung. */
  heads: z.record(z.string(), head),
  /** Fitted on the answers of these heads; its rungs may name `zero`. */
  premodel: premodelFile,
  /** Left out where the examples were too few, or too far apart. */
  reuse: reuseFit.optional(),
  /** Share of frames nobody labelled on which a sure teacher did; 0 without one. */
  taughtByTeacher: z.number().min(0).max(1),
});

/** `weir.heads/1`: all that a camera was taught. */
export const headsFile = z.strictObject({
  schema: z.literal('weir.heads/1'),
  camera: z.string(),
  ladder: z.strictObject({ name: z.string(), fingerprint: z.string() }),
  /** All rungs that any question uses, cheapest first; `zero` is the first if there. */
  rungs: z.array(z.string()).min(1),
  /** The median of the frames that taught: `uint8 [48][48][3]`. */
  scene: z.strictObject({ background: base64 }),
  /** Size of the frames that taught, and of the pictures that they were scaled from, where that is known. */
  picture: z.strictObject({
    aspect: z.enum(['stretch', 'keep']),
    width: z.int().positive(),
    height: z.int().positive(),
    source: z.strictObject({ width: z.int().positive(), height: z.int().positive() }).optional(),
  }),
  questions: z.array(question).min(1),
  fitted: z.strictObject({
    samples: z.int(),
    /** By source: how many of them. */
    sources: z.record(z.string(), z.int()),
    /** Sha256 over the sorted sha256 of the frames. */
    data: z.string(),
    seed: z.int(),
    circumstances: z.string(),
    warnings: z.array(z.string()),
  }),
});

export type Heads = z.infer<typeof headsFile>;
export type TaughtQuestion = Heads['questions'][number];
export type HeadFile = z.infer<typeof head>;

/**
 * Reads what a camera was taught and checks that it belongs to the ladder.
 *
 * @throws WeirError `heads-missing`, `heads-unreadable`, `heads-invalid`, `heads-other-ladder`
 */
export async function readHeads(path: string, ladder: Ladder): Promise<Heads> {
  return parseHeads(await readTextFile(path, 'heads'), path, ladder);
}

/** The same for text already in memory. */
export function parseHeads(text: string, path: string, ladder: Ladder): Heads {
  const heads = parseArtifact(text, path, { what: 'heads', schema: headsFile });
  if (heads.ladder.fingerprint !== ladder.fingerprint) {
    throw usageError(
      'heads-other-ladder',
      `${path} was taught with another ladder: ${heads.ladder.name} ${heads.ladder.fingerprint.slice(0, 12)}…, this one is ${ladder.name} ${ladder.fingerprint.slice(0, 12)}…`,
      'teach it anew with `weir teach`, or name the ladder that it belongs to',
    );
  }
  const problems = inconsistencies(heads, ladder);
  if (problems.length > 0) throw invalid('heads', path, problems);
  return heads;
}

/**
 * The text of a heads file: a line per head and per part, so that people can read and compare it. The same heads always give the
 * same text, however their keys are ordered.
 */
export function headsText(heads: Heads): string {
  const { questions, ...rest } = headsFile.parse(heads);
  const lines = (parts: Readonly<Record<string, string>>, indent: string) =>
    Object.entries(parts)
      .map(([key, text]) => `${indent}${JSON.stringify(key)}: ${text}`)
      .join(',\n');
  const flat = (value: object) =>
    Object.fromEntries(Object.entries(value).map(([key, own]) => [key, JSON.stringify(own)]));
  const questionText = ({ heads: own, ...other }: TaughtQuestion) =>
    `  {\n${lines({ ...flat(other), heads: `{\n${lines(flat(own), '     ')}\n   }` }, '   ')}\n  }`;
  const list = `[\n${questions.map(questionText).join(',\n')}\n ]`;
  return `{\n${lines({ ...flat(rest), questions: list }, ' ')}\n}\n`;
}

export function toHeadFile({ space, weights, bias, means, other }: Head): HeadFile {
  return {
    dimensions: weights.length / bias.length,
    space,
    weights: toBase64(weights),
    bias: toBase64(bias),
    means: toBase64(means),
    other,
  };
}

export function toHead({ space, weights, bias, means, other }: HeadFile): Head {
  return { space, weights: floatsOf(weights), bias: floatsOf(bias), means: floatsOf(means), other };
}

/** `uint8 [48][48][3]` */
export function backgroundOf({ scene }: Heads): Uint8Array {
  return bytesOf(scene.background);
}

/** @throws RangeError for a question that is not there */
export function taughtQuestion(heads: Heads, id: string): TaughtQuestion {
  const question = heads.questions.find((other) => other.id === id);
  if (question === undefined) throw new RangeError(`no question is named ${id}`);
  return question;
}

/** The answers that a taught question can have: its classes, and `other` as the last. */
export function answerClasses({ classes }: TaughtQuestion): LabelClass[] {
  return [...classes.map(({ name }) => ({ id: name, name })), { id: OTHER, name: OTHER }];
}

function inconsistencies(heads: Heads, ladder: Ladder): string[] {
  const known = [ZERO, ...ladder.rungs.map(({ id }) => id)];
  const problems: string[] = [];
  if (bytesOf(heads.scene.background).length !== RASTER_SIZE)
    problems.push(`scene.background: must have ${RASTER_SIZE} bytes`);
  const ids = heads.questions.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) < at);
  if (twice !== undefined) problems.push(`questions: "${twice}" stands there twice`);
  for (const id of heads.rungs) if (!known.includes(id)) problems.push(`rungs: the ladder has no rung "${id}"`);
  for (const [at, question] of heads.questions.entries()) {
    const path = `questions[${at}]`;
    const names = question.classes.map(({ name }) => name);
    if (new Set([...names, OTHER]).size <= names.length)
      problems.push(`${path}.classes: each needs a name of its own, and "${OTHER}" is taken`);
    const own = premodelProblem(question.premodel, known);
    if (own !== null) problems.push(`${path}.premodel: ${own}`);
    for (const { id } of question.premodel.rungs) {
      if (!heads.rungs.includes(id)) problems.push(`${path}: its rung "${id}" is not among rungs`);
      if (question.heads[id] === undefined) problems.push(`${path}.heads: there is none for rung "${id}"`);
    }
    for (const [id, file] of Object.entries(question.heads))
      problems.push(...headProblems(`${path}.heads["${id}"]`, file, names.length));
  }
  return problems;
}

function headProblems(path: string, { dimensions, ...file }: HeadFile, classes: number): string[] {
  const { weights, bias, means } = toHead({ dimensions, ...file });
  const wanted = { weights: classes * dimensions, means: classes * dimensions, bias: classes };
  return Object.entries({ weights, means, bias })
    .filter(([name, values]) => values.length !== wanted[name as keyof typeof wanted])
    .map(
      ([name, values]) => `${path}.${name}: has ${values.length} values, not ${wanted[name as keyof typeof wanted]}`,
    );
}
