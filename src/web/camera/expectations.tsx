import type { TaughtAnswer } from '../../teaching/question-report.ts';
import { fineShare } from '../charts/numbers.ts';
import { expectation, mixUps, rungShares, type Taught, timeWords } from './teaching-words.ts';

interface ExpectationsProps {
  readonly result: TaughtAnswer;
  /** Puts examples before all others for labelling. */
  readonly onAsk: (ids: readonly string[]) => void;
}

/** What to expect of what was fitted, and what would make it better. */
export function Expectations({ result, onAsk }: ExpectationsProps) {
  return (
    <section class="panel expectations" aria-labelledby="expect-title">
      <h3 id="expect-title">What to expect</h3>
      {result.warnings.map((text) => (
        <p key={text} class="note fair">
          ▲ {text}
        </p>
      ))}
      {result.questions.map((question) => (
        <Expected key={question.id} question={question} onAsk={onAsk} />
      ))}
    </section>
  );
}

function Expected({ question, onAsk }: { readonly question: Taught; readonly onAsk: ExpectationsProps['onAsk'] }) {
  const { lead, detail } = expectation(question);
  const mixed = mixUps(question);
  return (
    <>
      <h4>{question.text ?? question.id}</h4>
      <p class="lead">{lead}</p>
      <p>{detail}</p>
      <p>{timeWords(question)}.</p>
      <ul class="shares">
        {rungShares(question).map(({ rung, ratio }) => (
          <li key={rung}>
            <span>{rung}</span>
            <span class="meter" aria-hidden="true">
              <span style={{ width: `${ratio * 100}%` }} />
            </span>
            <span>{fineShare(ratio)} of frames end here</span>
          </li>
        ))}
      </ul>
      {mixed.length > 0 && <p>Mixed up most: {mixed.join('; ')}.</p>}
      <div class="buttons">
        {question.labelNext.length > 0 && (
          <button type="button" onClick={() => onAsk(question.labelNext)}>
            Label these {question.labelNext.length} next
          </button>
        )}
        {question.lookAgain.length > 0 && (
          <button type="button" onClick={() => onAsk(question.lookAgain)}>
            Look again at {question.lookAgain.length} labels
          </button>
        )}
      </div>
    </>
  );
}
