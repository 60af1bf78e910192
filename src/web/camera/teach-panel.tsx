import { useEffect, useRef, useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { share } from '../charts/numbers.ts';
import { Expectations } from './expectations.tsx';
import {
  beginWork,
  commandOf,
  type Example,
  keyOf,
  type Listing,
  lackingWords,
  progressOf,
  type Saying,
  say,
  UNCLEAR,
  undo,
  type Work,
  withNew,
} from './labelling.ts';
import { ProblemNote } from './problem.tsx';
import { type Job, keepYaml, progressRatio } from './teaching-words.ts';
import { useAsked, usePicture } from './use.ts';
import type { Camera, PageParts, Problem } from './wire.ts';

/** Teaching by example: say what frames show, fit, and see what to expect. */
export function TeachPanel({ camera, parts }: { readonly camera: Camera; readonly parts: PageParts }) {
  const path = `/api/cameras/${encodeURIComponent(camera.id)}`;
  const isKept = camera.examples?.keep === true && camera.examples.problem === undefined;
  const listing = useAsked<Listing>(parts.api, isKept ? `${path}/examples?limit=500` : null, 10_000);
  const [isRunning, setRunning] = useState(false);
  const job = useAsked<Job>(parts.api, isKept ? `${path}/teach` : null, isRunning ? 700 : 5_000);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [work, setWork] = useState<Work | null>(null);
  const sending = useRef(Promise.resolve());
  const { value } = listing;
  useEffect(() => setRunning(job.value?.state === 'running'), [job.value]);
  useEffect(() => {
    if (value !== null)
      setWork((before) =>
        before === null ? beginWork(value, camera.questions[0]?.id ?? 'default') : withNew(before, value),
      );
  }, [value, camera.questions]);
  if (!isKept) return <Off camera={camera} />;
  if (listing.problem !== null && value === null) return <ProblemNote problem={listing.problem} />;
  if (value === null || work === null) return <p class="soft">Asking for the examples …</p>;
  // One after another, so that what was said last is what holds.
  const send = (saying: Saying | null) => {
    if (saying === null) return;
    sending.current = sending.current.then(async () => {
      try {
        await parts.api.send('POST', `${path}/examples/labels`, { labels: [saying] });
        setProblem(null);
      } catch (error) {
        setProblem(problemOf(error));
      }
      listing.again();
    });
  };
  const step = ({ work: next, saying }: ReturnType<typeof say>) => {
    setWork(next);
    send(saying);
  };
  const fit = async () => {
    setProblem(null);
    try {
      await sending.current;
      await parts.api.send('POST', `${path}/teach`, {});
      setRunning(true);
    } catch (error) {
      setProblem(problemOf(error));
    }
    job.again();
  };
  const progress = progressOf(
    work,
    value.questions.find(({ id }) => id === work.question),
  );
  const lacking = lackingWords(progress);
  const ask = (ids: readonly string[]) => setWork({ ...beginWork(value, work.question, ids), classes: work.classes });
  return (
    <div class="teach">
      <Labeller work={work} parts={parts} onStep={step} />
      <section class="panel" aria-labelledby="fit-title">
        <h3 id="fit-title">Progress</h3>
        <p>
          {value.totals.labelled} of {value.totals.frames} kept pictures are labelled.
        </p>
        <ul class="shares">
          {progress.map(({ name, examples, lacking: few }) => (
            <li key={name}>
              <span>{name}</span>
              <span>{examples}</span>
              <span class="soft">{few === 0 ? '✓ enough to begin' : `${few} more`}</span>
            </li>
          ))}
        </ul>
        {lacking !== null && <p class="soft">Before it can be fitted: {lacking}.</p>}
        <button type="button" class="primary" disabled={lacking !== null || isRunning} onClick={fit}>
          Fit
        </button>
        <JobLine job={job.value} />
        {problem !== null && <ProblemNote problem={problem} />}
      </section>
      {job.value?.state === 'done' && <Expectations result={job.value.result} onAsk={ask} />}
    </div>
  );
}

function Off({ camera }: { readonly camera: Camera }) {
  const problem = camera.examples?.problem;
  return (
    <div class="note">
      <p>{problem ?? `No pictures of camera ${camera.id} are kept, so there is nothing to label.`}</p>
      {problem === undefined && (
        <>
          <p>Pictures show places where people live and work, so they are kept only where the configuration says so:</p>
          <pre>{keepYaml(camera.id)}</pre>
          <p>Then reload Weir (systemctl reload weir, or send it SIGHUP).</p>
        </>
      )}
    </div>
  );
}

interface LabellerProps {
  readonly work: Work;
  readonly parts: PageParts;
  readonly onStep: (step: ReturnType<typeof say>) => void;
}

function Labeller({ work, parts, onStep }: LabellerProps) {
  const [example] = work.queue;
  const [name, setName] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const onKey = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const command = commandOf(event.key, work);
    if (command === null) return;
    event.preventDefault();
    if (command.kind === 'new') field.current?.focus();
    else
      onStep(
        command.kind === 'label' ? say(work, command.label) : command.kind === 'skip' ? say(work, null) : undo(work),
      );
  };
  const add = (event: Event) => {
    event.preventDefault();
    if (name.trim() === '') return;
    onStep(say(work, name));
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
        <Shown example={example} parts={parts} question={work.question} />
      )}
      <div class="buttons">
        {work.classes.map((label, at) => (
          <button key={label} type="button" disabled={example === undefined} onClick={() => onStep(say(work, label))}>
            {keyOf(at) !== null && <kbd>{keyOf(at)}</kbd>} {label}
          </button>
        ))}
        <button type="button" disabled={example === undefined} onClick={() => onStep(say(work, UNCLEAR))}>
          <kbd>~</kbd> unclear
        </button>
        <button type="button" disabled={example === undefined} onClick={() => onStep(say(work, null))}>
          <kbd>s</kbd> skip
        </button>
        <button type="button" disabled={work.said.length === 0} onClick={() => onStep(undo(work))}>
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

function Shown({
  example,
  parts,
  question,
}: {
  readonly example: Example;
  readonly parts: PageParts;
  readonly question: string;
}) {
  const { url, problem } = usePicture(parts.api, example.picture, example.id);
  const answer = example.answers.find((given) => given.question === question) ?? example.answers[0];
  return (
    <figure>
      {url !== null && <img src={url} alt="A frame that is to be labelled" />}
      {problem !== null && <ProblemNote problem={problem} />}
      <figcaption>
        {answer !== undefined && `It answered “${answer.label ?? 'nothing'}”, ${share(answer.right)} likely right. `}
        <span class="soft">
          {example.reason === 'unsure' ? 'Kept because it was unsure' : 'Drawn by chance'},{' '}
          {new Date(example.takenAt).toLocaleString()}
        </span>
      </figcaption>
    </figure>
  );
}

function JobLine({ job }: { readonly job: Job | null }) {
  if (job === null || job.state === 'none') return null;
  if (job.state === 'running') {
    return (
      <p aria-live="polite">
        <progress value={progressRatio(job) ?? undefined} max={1} aria-label="Fitting" /> {job.stage} {job.done}/
        {job.total}
      </p>
    );
  }
  if (job.state === 'failed') return <ProblemNote problem={{ status: 0, code: 'teach', ...job.error }} />;
  return (
    <p class="note good">✓ Fitted: the camera answers by it since {new Date(job.endedAt).toLocaleTimeString()}.</p>
  );
}
