import type { Answer, CameraModel } from '../store/camera.ts';
import { heldLabel, isOther } from '../store/held.ts';
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

/** The answer to one question: large what holds, how sure and since when, and what held before. */
export function AnswerView({ answer, camera, isOnly, isDetailed, isHeard }: AnswerProps) {
  const { label, sure, question } = answer;
  const held = heldLabel(label);
  const asked = camera.questions.find(({ id }) => id === question);
  const nowMs = Date.now();
  return (
    <section class={isOnly ? 'answer' : 'answer one-of-several'}>
      {(!isOnly || asked?.text !== undefined) && <h3>{asked?.text ?? question}</h3>}
      <div class="say">
        <p class={`label${held === null ? ' none' : held.length > LONG ? ' long' : ''}`} title={held ?? undefined}>
          {held ?? 'Nothing moves'}
        </p>
        {sure !== null && (
          <p class="sure">
            {share(sure)}
            <span class="unseen"> sure</span>
          </p>
        )}
      </div>
      <p class="since">{isHeard ? sinceWords(answer, nowMs) : `heard ${duration(nowMs - label.arrivedAtMs)} ago`}</p>
      <StripView answer={answer} nowMs={nowMs} />
      {isDetailed && <p class="why">{whyThisRung(label)}</p>}
      <Budget spentMs={label.spentMs} budgetMs={label.budgetMs} />
    </section>
  );
}

function sinceWords({ label }: Answer, nowMs: number): string {
  const { stable, confidence } = label;
  if (stable === null) return label.label === null ? 'Nothing to say of it' : 'Not settled yet';
  const other = confidence === null ? label.label : `${label.label} ${share(confidence)}`;
  const now = isOther(label) ? `, just now ${other}` : '';
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
