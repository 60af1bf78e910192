import { existsSync } from 'node:fs';
import { ruleDoubts } from '../alerts/doubts.ts';
import { parseWhen } from '../alerts/parse-when.ts';
import { transportDoubt } from '../config/camera-tls.ts';
import type { Config } from '../config/schema.ts';
import { filePath, sourceKind } from '../decode/kind.ts';
import { stateDirectory } from '../service/state-dir.ts';
import type { Ladder } from '../types.ts';
import { groupNames } from './group-names.ts';
import { inForce } from './managed-settle.ts';
import { readStoredCameras, storedCamerasPath } from './run-cameras-store.ts';
import { askedParts, listedQuestions, type SettledCamera, settleCameras } from './settled.ts';

/** Something that is no mistake, and will hardly be meant. */
export interface ConfigWarning {
  readonly code: 'heads-unusable' | 'rule-doubtful' | 'source-missing' | 'transport-unused';
  /** The camera, or the rule, that it is about. */
  readonly about: string;
  readonly message: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the daemon would warn of at its start, as far as it can be known without a model: heads and transports that cannot be used, rules that
 * nothing can make true. What cameras were taught, and which came over the API, is looked for in the state directory of the environment.
 *
 * @param cameras of the configuration
 */
export async function configWarnings(
  config: Config,
  cameras: readonly SettledCamera[],
  { ladder, env }: { readonly ladder: Ladder; readonly env: Environment },
): Promise<ConfigWarning[]> {
  const heads = cameras.flatMap(askedParts).flatMap(({ id, headsProblem }): ConfigWarning[] => {
    if (headsProblem === null) return [];
    const message = `camera ${id} is asked for the ladder's labels, as its heads cannot be used: ${headsProblem}`;
    return [{ code: 'heads-unusable', about: id, message }];
  });
  const transports = cameras.flatMap((camera): ConfigWarning[] => {
    const message = transportDoubt(camera);
    return message === null ? [] : [{ code: 'transport-unused', about: camera.id, message }];
  });
  const all = [...cameras, ...(await managedCameras(config, { ladder, env }))];
  const labels = ladder.labels.map(({ name }) => name);
  const rules = config.alerts.rules.map(({ id, when }) => ({ id, when: parseWhen(when) }));
  const known = {
    cameras: all.map((camera) => ({ camera: camera.id, questions: listedQuestions(camera) })),
    labels,
    groups: rules.length === 0 ? [] : await groupNames(config, ladder.labels),
  };
  const doubts = ruleDoubts(rules, known).map(
    ({ rule, message }): ConfigWarning => ({ code: 'rule-doubtful', about: rule, message }),
  );
  return [...heads, ...transports, ...doubts];
}

/** Recordings that are not there: they may come yet. */
export function missingSources({ cameras }: Pick<Config, 'cameras'>): ConfigWarning[] {
  return cameras.flatMap(({ id, source }): ConfigWarning[] => {
    if (sourceKind(source) !== 'file' || existsSync(filePath(source))) return [];
    return [{ code: 'source-missing', about: id, message: `camera ${id}: there is no file ${source} as yet` }];
  });
}

/** Cameras that came over the API, where they can be read; what is wrong with them is the daemon's to tell. */
async function managedCameras(
  config: Config,
  { ladder, env }: { readonly ladder: Ladder; readonly env: Environment },
): Promise<readonly SettledCamera[]> {
  const nothing = { cameras: [], unread: [] };
  const stored = await readStoredCameras(storedCamerasPath(stateDirectory(undefined, env))).catch(() => nothing);
  const entries = inForce(config, stored.cameras).map(({ camera }) => camera);
  return await settleCameras({ ...config, cameras: entries }, { ladder, env }).catch(() => []);
}
