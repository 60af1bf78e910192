import type { Answer, CameraModel } from '../store/camera.ts';
import { duration, share } from '../words/numbers.ts';
import { budgetWords, whyThisRung } from '../words/why.ts';
import { StripView } from './strip-view.tsx';

interface AnswerProps {
  readonly answer: Answer;
  readonly camera: CameraModel;
  readonly isOnly: boolean;
  readonly isDetailed: boolean;
  readonly isHeard: boolean;
}

/** Longer labels are written smaller on a wall, in characters. */
const LONG = 13;

/** The answer that holds, or where nothing holds yet, that to the newest frame. */
export function heldBy({ label }: Answer): string | null {
  return label.stable?.label ?? label.label;
}

/** The answer to one question: large what holds, how sure and since when, and what held before. */
export function AnswerView({ answer, camera, isOnly, isDetailed, isHeard }: AnswerProps) {
  const { label, strip, question } = answer;
  const held = heldBy(answer);
  const asked = camera.questions.find(({ id }) => id === question);
  const nowMs = Date.now();
  return (
    <section class={isOnly ? 'answer' : 'answer one-of-several'}>
      {(!isOnly || asked?.text !== undefined) && <h3>{asked?.text ?? question}</h3>}
      <div class="say">
        <p class={`label${held === null ? ' none' : held.length > LONG ? ' long' : ''}`} title={held ?? undefined}>
          {held ?? 'Nothing moves'}
        </p>
        {label.confidence !== null && (
          <p class="sure">
            {share(label.confidence)}
            <span class="unseen"> sure</span>
          </p>
        )}
      </div>
      <p class="since">{isHeard ? sinceWords(answer, nowMs) : `heard ${duration(nowMs - label.arrivedAtMs)} ago`}</p>
      <StripView strip={strip} camera={camera} nowMs={nowMs} />
      {isDetailed && <p class="why">{whyThisRung(label)}</p>}
      <Budget spentMs={label.spentMs} budgetMs={label.budgetMs} />
    </section>
  );
}

function sinceWords({ label }: Answer, nowMs: number): string {
  const { stable } = label;
  if (stable === null) return label.label === null ? 'Nothing to say of it' : 'Not settled yet';
  const now = label.label !== null && label.label !== stable.label ? `, just now ${label.label}` : '';
  return `for ${duration(nowMs - stable.sinceMs)}${now}`;
}

/** Time spent on the newest frame against what it may take. */
function Budget({ spentMs, budgetMs }: { readonly spentMs: number; readonly budgetMs: number | null }) {
  const { ratio, isOver, text } = budgetWords(spentMs, budgetMs);
  return (
    <div class={isOver ? 'budget over' : 'budget'}>
      {ratio !== null && (
        <span class="meter" aria-hidden="true">
          <span style={{ width: `${ratio * 100}%` }} />
        </span>
      )}
      <span>{text}</span>
    </div>
  );
}
