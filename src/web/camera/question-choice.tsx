import { useState } from 'preact/hooks';
import { isQuestionId } from './labelling.ts';

interface ChoiceProps {
  readonly questions: readonly string[];
  readonly chosen: string;
  readonly onChoose: (question: string) => void;
}

/** Which question is taught; a new one is any name. */
export function QuestionChoice({ questions, chosen, onChoose }: ChoiceProps) {
  const [name, setName] = useState('');
  const isWrong = name !== '' && !isQuestionId(name);
  const add = (event: Event) => {
    event.preventDefault();
    if (!isQuestionId(name)) return;
    onChoose(name);
    setName('');
  };
  return (
    <div class="bar question-choice">
      <label>
        Question{' '}
        <select value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
          {questions.map((question) => (
            <option key={question} value={question}>
              {question}
            </option>
          ))}
        </select>
      </label>
      <form class="buttons" onSubmit={add}>
        <label>
          Another one{' '}
          <input
            value={name}
            maxLength={63}
            placeholder="as drive"
            aria-invalid={isWrong}
            onInput={(event) => setName(event.currentTarget.value.trim())}
          />
        </label>
        <button type="submit" disabled={!isQuestionId(name)}>
          Begin it
        </button>
        {isWrong && <span class="soft">letters, digits, “-” and “_”</span>}
      </form>
    </div>
  );
}
