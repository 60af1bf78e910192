import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../artifact/write.ts';
import { parseMode } from '../cascade/policy.ts';
import { type RegionEntry, regionEntries } from '../config/region-entries.ts';
import { type CameraConfig, type Config, NO_HEADS } from '../config/schema.ts';
import { about, WeirError } from '../errors.ts';
import { cameraGroups, type GroupedQuestion } from '../groups/groups.ts';
import { answerClasses, type Heads, headsText, readHeads } from '../heads/artifact.ts';
import { genericId } from '../pipeline/question.ts';
import { regionQuestionId } from '../pipeline/region-climb.ts';
import type { QuestionListing } from '../pipeline/told.ts';
import { stateDirectory } from '../service/state-dir.ts';
import type { LabelClass, Ladder, ViewTaken } from '../types.ts';
import type { Use, Wish } from './engine.ts';
import { groupBookOf } from './group-names.ts';
import { requireSmoothedLabels } from './smoothed.ts';
import { taughtRungs } from './taught.ts';

/** A heads file that is in use. */
export interface Taught {
  readonly path: string;
  readonly heads: Heads;
  /** Sha256 of its text. */
  readonly fingerprint: string;
}

/** A camera with all that stands outside of its own entry: mode and operating point of all, what it was taught, its groups. */
export type SettledCamera = CameraConfig & {
  readonly mode: string;
  readonly operatingPoint: string;
  readonly taught: Taught | null;
  /** Why the heads that lie in the state directory are not used; `null`: nothing is wrong. */
  readonly headsProblem: string | null;
  readonly grouped: GroupedQuestion | null;
  /** Where it has some, they are looked at and asked in its place. */
  readonly settledRegions: readonly SettledRegion[];
  /** It came over the API: where there is one, Weir goes on when every source has ended. */
  readonly isManaged?: boolean;
  /** It is there, and its source is not opened. */
  readonly isPaused?: boolean;
};

/** A region of a camera, as if it were a camera of its own: its id is `gate/door`. */
export interface SettledRegion extends Omit<RegionEntry, 'camera'> {
  readonly camera: SettledCamera;
}

const UNTAUGHT = { taught: null, headsProblem: null };

/** What settling reads beside the configuration. */
export interface Surroundings {
  readonly ladder: Ladder;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Settles every camera of a configuration. Heads that a camera names must be right; of those that merely lie in the state directory a
 * problem is told.
 *
 * @throws WeirError of heads that a camera names, of its groups, or of a mode that its heads do not have
 */
export async function settleCameras(config: Config, surroundings: Surroundings): Promise<SettledCamera[]> {
  const entries = config.cameras.flatMap((camera) => [camera, ...regionEntries(camera).map((region) => region.camera)]);
  const wishes = entries.some(({ groups, only, ignore }) => groups.length + only.length + ignore.length > 0);
  const isDefined = Object.keys(config.groups).length > 0;
  const book = wishes || isDefined ? await groupBookOf(config, surroundings.ladder.labels) : null;
  const settle = async (camera: CameraConfig): Promise<SettledCamera> => {
    const mode = camera.mode ?? config.mode;
    const operatingPoint = camera.operatingPoint ?? config.operatingPoint;
    const entries = regionEntries(camera);
    if (entries.length > 0) {
      const settledRegions = await Promise.all(
        entries.map(async (region) => ({ ...region, camera: await settle(region.camera) })),
      );
      return { ...camera, mode, operatingPoint, ...UNTAUGHT, grouped: null, settledRegions };
    }
    const lesson = await headsOf(camera, surroundings);
    requireDecidable(camera.id, lesson.taught, mode, operatingPoint);
    const grouped = book === null ? null : cameraGroups(camera, book);
    return { ...camera, mode, operatingPoint, ...lesson, grouped, settledRegions: [] };
  };
  const settled = await Promise.all(config.cameras.map(settle));
  for (const camera of settled) requireSmoothed(camera, surroundings.ladder.labels);
  return settled;
}

/** All that is asked of a camera's pictures by itself: its regions where it has some, else itself. */
export function askedParts(camera: SettledCamera): readonly SettledCamera[] {
  const { settledRegions } = camera;
  return settledRegions.length === 0 ? [camera] : settledRegions.map((region) => region.camera);
}

/** @throws WeirError `heads-no-rung`, `operating-point-unknown`, naming the camera */
function requireDecidable(id: string, taught: Taught | null, mode: string, operatingPoint: string): void {
  if (taught === null) return;
  about(`camera ${id}`, () => taughtRungs(taught.heads, parseMode(mode), operatingPoint));
}

/** @throws WeirError of demands on labels that nobody can answer: a camera's own are on the answers of all regions that have none */
function requireSmoothed(camera: SettledCamera, labels: readonly LabelClass[]): void {
  const isOwn = (at: number) => camera.regions[at]?.smoothing !== undefined;
  const own = camera.settledRegions.filter((_, at) => isOwn(at));
  const others = askedParts(camera).filter((_, at) => !isOwn(at));
  for (const region of own) requireSmoothed(region.camera, labels);
  // What cannot be used was taught names that nobody knows now.
  if (others.length === 0 || others.some(({ headsProblem }) => headsProblem !== null)) return;
  requireSmoothedLabels(
    camera,
    others.flatMap((part) => answersOf(part, labels)),
  );
}

/** All answers of a camera's questions. @param labels the ladder's */
function answersOf(camera: SettledCamera, labels: readonly LabelClass[]): LabelClass[] {
  const { heads, grouped, generic } = wishOf(camera);
  const taught = (heads?.questions ?? []).flatMap(answerClasses);
  return generic ? [...taught, ...(grouped?.classes ?? labels)] : taught;
}

/** Where a camera's heads are looked for; `null`: nowhere. */
function headsPath({ id, heads }: Pick<CameraConfig, 'id' | 'heads'>, env: Surroundings['env']): string | null {
  if (heads === NO_HEADS) return null;
  return heads ?? join(stateDirectory(undefined, env), 'heads', `${id}.json`);
}

/** Heads that are, or are to be, in a file. */
export function taughtOf(path: string, heads: Heads): Taught {
  return { path, heads, fingerprint: createHash('sha256').update(headsText(heads)).digest('hex') };
}

/** A camera with other heads. @throws WeirError where its mode, its operating point or its smoothed labels cannot be had of them */
export function withTaught(camera: SettledCamera, taught: Taught): SettledCamera {
  requireDecidable(camera.id, taught, camera.mode, camera.operatingPoint);
  const settled = { ...camera, taught, headsProblem: null };
  // The ladder's labels are as they were.
  if (!wishOf(settled).generic || settled.grouped !== null) requireSmoothedLabels(settled, answersOf(settled, []));
  return settled;
}

/** @throws WeirError of heads that the camera names */
export async function headsOf(
  camera: Pick<CameraConfig, 'id' | 'heads'>,
  { ladder, env }: Surroundings,
): Promise<Pick<SettledCamera, 'taught' | 'headsProblem'>> {
  const path = headsPath(camera, env);
  if (path === null || (camera.heads === undefined && !existsSync(path))) return UNTAUGHT;
  try {
    return { taught: taughtOf(path, await readHeads(path, ladder)), headsProblem: null };
  } catch (error) {
    if (!(error instanceof WeirError)) throw error;
    if (camera.heads !== undefined) {
      return about(`camera ${camera.id}`, () => {
        throw error;
      });
    }
    return { taught: null, headsProblem: `${error.message}; ${error.remedy}` };
  }
}

/** What is to be asked of a camera's frames. */
export function wishOf(camera: SettledCamera): Wish {
  const { mode, operatingPoint, taught, grouped, generic, reuse, view, gears, pace } = camera;
  return {
    mode: parseMode(mode),
    operatingPoint,
    heads: taught?.heads ?? null,
    grouped,
    generic: taught === null || generic || grouped !== null,
    // What an object is, is told by many looks, and not audited.
    isAudited: reuse.enabled && reuse.auditRatio > 0 && (view !== 'motion' || taught !== null),
    gears: gears && pace !== 'fast', // what is waited for loses no frames
  };
}

/** What is known of a camera's questions before any model is loaded. */
export function listedQuestions(camera: SettledCamera): QuestionListing[] {
  if (camera.settledRegions.length > 0) return camera.settledRegions.flatMap(listedRegion);
  const { heads, grouped, generic } = wishOf(camera);
  const taught = (heads?.questions ?? []).map((question) => ({
    id: question.id,
    ...(question.text === undefined ? {} : { text: question.text }),
    classes: answerClasses(question).map(({ name }) => name),
  }));
  if (!generic) return taught;
  const id = genericId(taught.map((question) => question.id));
  return [...taught, { id, ...(grouped === null ? {} : { classes: grouped.classes.map(({ name }) => name) }) }];
}

/** What is looked at of a camera's pictures. */
export function viewTaken({ view, region }: Pick<CameraConfig, 'view' | 'region'>): ViewTaken {
  return { kind: view, box: region };
}

function listedRegion({ id: region, camera }: SettledRegion): QuestionListing[] {
  const taught = camera.taught?.heads.questions.length ?? 0;
  return listedQuestions(camera).map((question, index) => ({
    ...question,
    id: regionQuestionId(region, index < taught ? question.id : null),
    view: viewTaken(camera),
  }));
}

/**
 * Every way of deciding that a configuration asks for. Its own mode is one, so that a camera that comes by a reload waits for no
 * rung, unless every camera was taught what it is asked.
 */
export function usesOf(config: Pick<Config, 'mode' | 'operatingPoint'>, cameras: readonly SettledCamera[]): Use[] {
  const uses = cameras.flatMap(askedParts).map((camera): Use => {
    const { mode, operatingPoint, heads, generic, isAudited } = wishOf(camera);
    return { mode, operatingPoint, isAudited, ...(heads === null ? {} : { taught: { heads, generic } }) };
  });
  const areAllTaught = uses.length > 0 && uses.every(({ taught }) => taught !== undefined);
  if (areAllTaught) return uses;
  return [{ mode: parseMode(config.mode), operatingPoint: config.operatingPoint }, ...uses];
}

/** What makes a camera another one than before. Not what is kept of it: that is changed while it runs. */
export function identityOf({ taught, grouped, settledRegions, examples: _, isManaged: __, ...camera }: SettledCamera): {
  readonly id: string;
  readonly sum: string;
} {
  const parts = {
    ...camera,
    taught: taught?.fingerprint ?? null,
    grouped: grouped === null ? null : [...grouped.classOf],
    regions: settledRegions.map(({ budgetShare, camera: region }) => ({ budgetShare, sum: identityOf(region).sum })),
  };
  return { id: camera.id, sum: createHash('sha256').update(canonicalJson(parts)).digest('hex') };
}
