import { useEffect, useRef, useState } from 'preact/hooks';
import { DEFAULT_QUESTION } from '../../words.ts';
import { heldLabel, isOther } from '../store/held.ts';
import { duration, share } from '../words/numbers.ts';
import { clockTelling } from '../words/states.ts';
import { budgetWords, whyThisRung } from '../words/why.ts';
import { useTick } from './use.ts';
import { type Camera, isLabel, type LabelMessage, type PageParts, type Question } from './wire.ts';

/** An object that was not seen for so long is gone. */
const OBJECT_MS = 3_000;

/** What is answered now, to each question. */
export function AnswersPanel({ camera, parts }: { readonly camera: Camera; readonly parts: PageParts }) {
  const newest = useNewest(camera.id, parts);
  return (
    <section class="answers" aria-label="Answers now">
      {camera.questions.map((question) => {
        const labels = newest.filter((label) => label.question === question.id);
        return <Answer key={question.id} question={question} labels={labels} isOnly={camera.questions.length === 1} />;
      })}
    </section>
  );
}

/** The newest label of each question and object, drawn anew twice a second at most. */
function useNewest(camera: string, { listen }: PageParts): LabelMessage[] {
  const newest = useRef(new Map<string, LabelMessage>());
  const [shown, setShown] = useState<LabelMessage[]>([]);
  useEffect(() => {
    const kept = newest.current;
    kept.clear();
    setShown([]);
    let isStale = false;
    const end = listen(camera, (message) => {
      if (!isLabel(message)) return;
      kept.set(`${message.question} ${message.view.track ?? ''}`, message);
      isStale = true;
    });
    const timer = setInterval(() => {
      if (!isStale || document.hidden) return;
      isStale = false;
      const last = Math.max(...[...kept.values()].map(({ decidedAtMs }) => decidedAtMs));
      for (const [key, { view, decidedAtMs }] of kept) {
        if (view.track !== undefined && decidedAtMs < last - OBJECT_MS) kept.delete(key);
      }
      setShown([...kept.values()]);
    }, 500);
    return () => {
      end();
      clearInterval(timer);
    };
  }, [camera, listen]);
  return shown;
}

interface AnswerProps {
  readonly question: Question;
  readonly labels: readonly LabelMessage[];
  readonly isOnly: boolean;
}

function Answer({ question, labels, isOnly }: AnswerProps) {
  const whole = labels.find(({ view }) => view.track === undefined);
  const objects = labels.filter(({ view }) => view.track !== undefined && view.kind === 'motion');
  const name = question.text ?? (isOnly && question.id === DEFAULT_QUESTION ? 'What it sees' : question.id);
  return (
    <article class="panel answer">
      <h2>{name}</h2>
      {objects.length > 0 && (
        <ul class="objects">
          {objects.map((label) => (
            <li key={label.view.track}>
              <strong>{heldLabel(label) ?? 'not known'}</strong>{' '}
              <span class="soft">
                object {label.view.track}
                {isOther(label) ? `, just now ${label.label}` : `, ${share(label.confidence)} sure`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {whole === undefined && objects.length === 0 && <p class="soft">No answer yet.</p>}
      {whole !== undefined && <Whole label={whole} />}
    </article>
  );
}

function Whole({ label }: { readonly label: LabelMessage }) {
  useTick(1_000);
  const { stable, confidence, clock, spentMs, budgetMs } = label;
  const now = label.label ?? 'nothing moves';
  const spent = budgetWords(spentMs, budgetMs);
  const told = clockTelling(clock.state);
  return (
    <>
      <p class="stable">{stable?.label ?? now}</p>
      <dl class="pairs">
        {stable !== null && (
          <>
            <dt>for</dt>
            <dd>{duration(Date.now() - stable.sinceMs)}</dd>
          </>
        )}
        <dt>this frame</dt>
        <dd>
          {now}
          {confidence !== null && (
            <>
              {', '}
              <span class="meter" aria-hidden="true">
                <span style={{ width: `${confidence * 100}%` }} />
              </span>{' '}
              {share(confidence)} sure
            </>
          )}
        </dd>
        <dt>why this rung</dt>
        <dd>{whyThisRung(label)}</dd>
        <dt>time spent</dt>
        <dd>
          {spent.isOver && <span aria-hidden="true">▲ </span>}
          {spent.text}
          <span class="soft">
            ; clocks {told.word} <span aria-hidden="true">{told.sign}</span>
          </span>
        </dd>
      </dl>
    </>
  );
}
