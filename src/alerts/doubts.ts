import { didYouMean, suggestion } from '../artifact/problems.ts';
import { plainName } from '../words.ts';
import { isAbout, isNamed } from './rule.ts';
import type { Place, When } from './when.ts';

/** What is known of what cameras are asked; no model is needed for it. */
export interface AskedCamera {
  readonly camera: string;
  /** Without `classes`: the ladder's labels. */
  readonly questions: readonly { readonly id: string; readonly classes?: readonly string[] }[];
}

export interface Known {
  readonly cameras: readonly AskedCamera[];
  /** Names of the ladder's labels. */
  readonly labels: readonly string[];
  /** Names of groups that a camera could be asked for. */
  readonly groups: readonly string[];
}

/** Why a rule can never be true as things are. */
export interface Doubt {
  readonly rule: string;
  /** A sentence for a person, which names the rule. */
  readonly message: string;
}

/** More cameras are not named in one sentence. */
const MOST_NAMED = 3;

/** Of rules those that can never be true as things are. They are no mistakes: a camera may come, or be taught. */
export function ruleDoubts(rules: readonly { readonly id: string; readonly when: When }[], known: Known): Doubt[] {
  return rules.flatMap(({ id, when }) => {
    const message = unknownPlace(when, known) ?? unknownLabel(when, known);
    return message === null ? [] : [{ rule: id, message: `rule ${id}${message}` }];
  });
}

function unknownPlace({ head, places }: When, { cameras }: Known): string | null {
  for (const place of places ?? []) {
    const found = cameras.find(({ camera }) => camera === place.camera);
    if (found === undefined) {
      const near = didYouMean(
        place.camera,
        cameras.map(({ camera }) => camera),
      );
      return ` is about ${place.camera}: there is no such camera now${near}`;
    }
    if (head.kind === 'state' || place.question === null || questionsOf([found], [place]).length > 0) continue;
    const asked = found.questions.map(({ id }) => id);
    if (asked.length === 0) continue; // it is left out, or not known yet
    return ` is about ${place.camera}/${place.question}: ${place.camera} is asked no such question now${suggestion(place.question, asked)}`;
  }
  return null;
}

function unknownLabel({ head, places }: When, { cameras, labels, groups }: Known): string | null {
  if (head.kind === 'state') return null;
  const meant = cameras.filter(({ camera }) => places === null || places.some((place) => place.camera === camera));
  const asked = questionsOf(meant, places);
  if (meant.length === 0) return null;
  const answers = new Set(asked.flatMap(({ classes = labels }) => classes));
  const plain = plainName(head.label);
  if ([...answers].some((name) => isNamed(name, plain))) return null;
  const named = meant.slice(0, MOST_NAMED).map(({ camera }) => camera);
  const whose = `${named.join(', ')}${meant.length > MOST_NAMED ? ' …' : ''}`;
  const cannot = `: nothing that ${whose} is asked can be answered "${head.label}"`;
  const group = groups.find((name) => isNamed(name, plain));
  if (group !== undefined) return `${cannot}: it is a group, so add it where it is to be asked: groups: [${group}]`;
  const words = suggestion(head.label, [...answers, ...groups]);
  return `${cannot}${words}: name a label of its, or teach it that, or add a group`;
}

/** Questions of cameras that places mean. */
function questionsOf(cameras: readonly AskedCamera[], places: readonly Place[] | null): AskedCamera['questions'] {
  return cameras.flatMap(({ camera, questions }) => questions.filter(({ id }) => isAbout({ places }, camera, id)));
}
