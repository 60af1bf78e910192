import { useEffect, useRef, useState } from 'preact/hooks';
import { moment } from '../charts/numbers.ts';
import { share } from '../words/numbers.ts';
import { commandOf, type Example, keyOf, say, UNCLEAR, undo, type Work, without } from './labelling.ts';
import { ProblemNote } from './problem.tsx';
import { usePicture } from './use.ts';
import type { PageParts } from './wire.ts';

interface LabellerProps {
  readonly work: Work;
  readonly parts: PageParts;
  /** Works on what is there by then: keys may come faster than the page is drawn. */
  readonly onStep: (step: (work: Work) => ReturnType<typeof say>) => void;
}

/** One picture after another, by button or key. */
export function Labeller({ work, parts, onStep }: LabellerProps) {
  const [example] = work.queue;
  const [name, setName] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const onKey = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const command = commandOf(event.key, work);
    if (command === null) return;
    event.preventDefault();
    if (command.kind === 'new') field.current?.focus();
    else if (command.kind === 'undo') onStep(undo);
    else onStep((now) => say(now, command.kind === 'label' ? command.label : null));
  };
  const add = (event: Event) => {
    event.preventDefault();
    if (name.trim() === '') return;
    onStep((now) => say(now, name));
    setName('');
    field.current?.blur();
  };
  useEffect(() => {
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
  return (
    <section class="panel labeller" aria-labelledby="label-title">
      <h3 id="label-title">What does this show?</h3>
      {example === undefined ? (
        <p>Everything that is kept has been looked at. New pictures come as the camera sees them.</p>
      ) : (
        <Shown
          key={example.id}
          example={example}
          parts={parts}
          question={work.question}
          onGone={() => onStep((now) => ({ work: without(now, example.id), saying: null }))}
        />
      )}
      <div class="buttons">
        {work.classes.map((label, at) => (
          <button
            key={label}
            type="button"
            disabled={example === undefined}
            onClick={() => onStep((now) => say(now, label))}
          >
            {keyOf(at) !== null && <kbd>{keyOf(at)}</kbd>} {label}
          </button>
        ))}
        <button type="button" disabled={example === undefined} onClick={() => onStep((now) => say(now, UNCLEAR))}>
          <kbd>~</kbd> unclear
        </button>
        <button type="button" disabled={example === undefined} onClick={() => onStep((now) => say(now, null))}>
          <kbd>s</kbd> skip
        </button>
        <button type="button" disabled={work.said.length === 0} onClick={() => onStep(undo)}>
          <kbd>u</kbd> undo
        </button>
      </div>
      <form class="new-class" onSubmit={add}>
        <label>
          New class <kbd>n</kbd>{' '}
          <input ref={field} value={name} maxLength={64} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={example === undefined || name.trim() === ''}>
          Label with it
        </button>
      </form>
      <p class="soft" aria-live="polite">
        {work.queue.length} to look at, {work.said.length} done in this sitting
      </p>
    </section>
  );
}

interface ShownProps {
  readonly example: Example;
  readonly parts: PageParts;
  readonly question: string;
  /** It made way for another one meanwhile. */
  readonly onGone: () => void;
}

function Shown({ example, parts, question, onGone }: ShownProps) {
  const { url, problem } = usePicture(parts.api, example.picture, example.id);
  const isGone = problem?.code === 'example-unknown';
  useEffect(() => {
    if (isGone) onGone();
  }, [isGone]);
  const answer = example.answers.find((given) => given.question === question) ?? example.answers[0];
  return (
    <figure>
      {url === null ? (
        <div class="frame" style={{ aspectRatio: `${example.width} / ${example.height}` }} />
      ) : (
        <img class="frame" src={url} alt="A frame that is to be labelled" />
      )}
      {problem !== null && !isGone && <ProblemNote problem={problem} />}
      <figcaption>
        {answer !== undefined && `It answered “${answer.label ?? 'nothing'}”, ${share(answer.right)} likely right. `}
        <span class="soft">
          {example.reason === 'unsure' ? 'Kept because it was unsure' : 'Drawn by chance'},{' '}
          {moment(Date.parse(example.takenAt), Date.now())}
        </span>
      </figcaption>
    </figure>
  );
}
