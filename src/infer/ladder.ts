import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { suggestion } from '../artifact/problems.ts';
import { invalid, readArtifact, sha256OfFile } from '../artifact/read.ts';
import { canonicalJson } from '../artifact/write.ts';
import { usageError, WeirError } from '../errors.ts';
import { type Ladder, type Rung, SHIPPED_LADDER } from '../types.ts';
import { labelsFile, ladderFile, type RungEntry } from './ladder-file.ts';

/** The `ladder.json` that a setting names: the shipped ladder by its name, a file, or a folder that holds one. */
export function ladderPath(setting: string): string {
  if (setting === SHIPPED_LADDER) {
    return join(dirname(createRequire(import.meta.url).resolve('#package')), 'models', SHIPPED_LADDER, 'ladder.json');
  }
  const path = resolve(setting);
  return path.endsWith('.json') ? path : join(path, 'ladder.json');
}

/**
 * Reads a ladder with its labels. The model files are not opened: see `checkModels`.
 *
 * @throws WeirError `ladder-missing`, `ladder-invalid`, `labels-missing`, `labels-invalid`
 */
export async function readLadder(path: string): Promise<Ladder> {
  const file = await readArtifact(path, { what: 'ladder', schema: ladderFile });
  const folder = dirname(path);
  const labelsPath = isAbsolute(file.labels) ? file.labels : join(folder, file.labels);
  const labels = await readArtifact(labelsPath, { what: 'labels', schema: labelsFile });

  const ids = file.rungs.map((rung) => rung.id);
  const problems = ids
    .filter((id, index) => ids.indexOf(id) !== index)
    .map((id) => `rungs: the id "${id}" stands there twice`);
  for (const [index, { id, macsMillions }] of file.rungs.entries()) {
    const before = file.rungs[index - 1];
    if (before !== undefined && before.macsMillions > macsMillions) {
      problems.push(`rungs: "${id}" stands behind the costlier "${before.id}": order them by macsMillions`);
    }
  }
  const reference = file.reference ?? ids[ids.length - 1] ?? '';
  if (!ids.includes(reference)) problems.push(`reference: no rung "${reference}"${suggestion(reference, ids)}`);
  if (problems.length > 0) throw invalid('ladder', path, problems);

  const rungs = file.rungs.map((entry) => toRung(entry, folder));
  return {
    name: file.name,
    labels,
    rungs,
    reference,
    fingerprint: fingerprintOf(rungs, await sha256OfFile(labelsPath)),
  };
}

/**
 * The ids of the rungs to use without a premodel, in ladder order: those asked for, else all that look at the whole, and of
 * precision twins the first.
 *
 * @throws WeirError `unknown-rung`
 */
export function chooseSubset(ladder: Ladder, asked: readonly string[] | null): string[] {
  const ids = ladder.rungs.map((rung) => rung.id);
  if (asked !== null) {
    for (const id of asked) requireRung(ladder, id);
    return ids.filter((id) => asked.includes(id));
  }
  const seen = new Set<string>();
  return ladder.rungs
    .filter((rung) => rung.view === 'whole' && !seen.has(twinKey(rung)) && seen.add(twinKey(rung)))
    .map(({ id }) => id);
}

/** @param where names the setting, as `mode fixed:x: ` @throws WeirError `unknown-rung` with the nearest id */
export function requireRung(ladder: Ladder, id: string, where = ''): void {
  const ids = ladder.rungs.map((rung) => rung.id);
  if (ids.includes(id)) return;
  throw usageError(
    'unknown-rung',
    `${where}the ladder ${ladder.name} has no rung "${id}"${suggestion(id, ids)}`,
    'name rungs of that ladder',
  );
}

/**
 * Checks that each rung's model file is there and is the one that the ladder names.
 *
 * @throws WeirError `model-missing`, `model-changed`
 */
export async function checkModels(rungs: readonly Rung[]): Promise<void> {
  const files = new Map(rungs.map((rung) => [rung.path, rung]));
  await Promise.all(
    [...files].map(async ([path, rung]) => {
      if (!(await exists(path))) {
        throw new WeirError('model-missing', `rung ${rung.id}: there is no model file ${path}`, {
          remedy: 'restore the file, or leave the rung out of the ladder',
          exitCode: 2,
        });
      }
      const sha256 = await sha256OfFile(path);
      if (sha256 !== rung.sha256) {
        throw new WeirError(
          'model-changed',
          `rung ${rung.id}: ${path} is not the model that the ladder names (sha256 ${sha256.slice(0, 12)}…, expected ${rung.sha256.slice(0, 12)}…)`,
          {
            remedy: 'restore the file; or, if the change is meant, write its sha256 into ladder.json and train again',
            exitCode: 2,
          },
        );
      }
    }),
  );
}

/** Rungs with the same key are precision twins. */
export function twinKey(rung: Rung): string {
  return canonicalJson([rung.model, rung.input, rung.view]);
}

function toRung(entry: RungEntry, folder: string): Rung {
  return {
    id: entry.id,
    model: entry.model ?? entry.file,
    path: isAbsolute(entry.file) ? entry.file : join(folder, entry.file),
    sha256: entry.sha256,
    input: entry.input,
    view: entry.view ?? 'whole',
    precision: entry.precision ?? 'fp32',
    macsMillions: entry.macsMillions,
    layout: entry.layout ?? 'nhwc',
    dtype: entry.dtype ?? 'uint8',
    mean: entry.mean ?? [0, 0, 0],
    std: entry.std ?? [1, 1, 1],
    output: entry.output ?? 'logits',
    defaults: {
      temperature: entry.defaults?.temperature ?? 1,
      threshold: entry.defaults?.threshold ?? DEFAULT_THRESHOLD,
      mergeWeight: entry.defaults?.mergeWeight ?? 1,
    },
  };
}

/** For ladders without fitted thresholds, until `train` gives one: climb when in doubt. */
const DEFAULT_THRESHOLD = 0.8;

function fingerprintOf(rungs: readonly Rung[], labelsSha256: string): string {
  const identity = rungs.map(({ id, sha256, input, view }) => ({ id, sha256, input, view }));
  return createHash('sha256')
    .update(canonicalJson({ rungs: identity, labels: labelsSha256 }))
    .digest('hex');
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
