import { useEffect, useRef, useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { timeOfDay } from '../words/numbers.ts';
import { Expectations } from './expectations.tsx';
import { Labeller } from './labeller.tsx';
import {
  beginWork,
  type Listing,
  lackingWords,
  progressOf,
  questionsToTeach,
  type Saying,
  type say,
  type Work,
  withNew,
} from './labelling.ts';
import { ProblemNote } from './problem.tsx';
import { QuestionChoice } from './question-choice.tsx';
import { type Job, keepYaml, progressRatio } from './teaching-words.ts';
import { useAsked } from './use.ts';
import type { Camera, PageParts, Problem } from './wire.ts';

/** Teaching by example: say what frames show, fit, and see what to expect. */
export function TeachPanel({ camera, parts }: { readonly camera: Camera; readonly parts: PageParts }) {
  const path = `/api/cameras/${encodeURIComponent(camera.id)}`;
  const isKept = camera.examples?.keep === true && camera.examples.problem === undefined;
  const listing = useAsked<Listing>(parts.api, isKept ? `${path}/examples?limit=500` : null, 10_000);
  const [isRunning, setRunning] = useState(false);
  const job = useAsked<Job>(parts.api, isKept ? `${path}/teach` : null, isRunning ? 700 : 5_000);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [work, setDrawn] = useState<Work | null>(null);
  // What holds now, drawn or not yet.
  const held = useRef<Work | null>(null);
  const setWork = (next: Work) => {
    held.current = next;
    setDrawn(next);
  };
  const sending = useRef(Promise.resolve());
  const { value } = listing;
  useEffect(() => setRunning(job.value?.state === 'running'), [job.value]);
  useEffect(() => {
    if (value === null) return;
    setWork(held.current === null ? beginWork(value, questionsOf(camera, value)[0]) : withNew(held.current, value));
  }, [value]);
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
  const step = (act: (now: Work) => ReturnType<typeof say>) => {
    const { work: next, saying } = act(held.current ?? work);
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
      <QuestionChoice
        questions={[...new Set([...questionsOf(camera, value), work.question])]}
        chosen={work.question}
        onChoose={(question) => setWork(beginWork(value, question))}
      />
      <Labeller work={work} parts={parts} onStep={step} />
      <section class="panel" aria-labelledby="fit-title">
        <h3 id="fit-title">Progress</h3>
        <p>
          {value.totals.labelled} of {value.totals.frames} kept pictures are labelled. With a few dozen, of different
          times of the day, what is expected is worth more.
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

function questionsOf({ questions }: Camera, listing: Listing): readonly [string, ...string[]] {
  return questionsToTeach(
    questions.map(({ id }) => id),
    listing,
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
  return <p class="note good">✓ Fitted: the camera answers by it since {timeOfDay(Date.parse(job.endedAt))}.</p>;
}
