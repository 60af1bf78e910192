import { useRef, useState } from 'preact/hooks';
import { useChanges, useSession, useTick } from '../shell/context.ts';
import { useSeen } from '../shell/seen.ts';
import type { Answer, CameraModel } from '../store/camera.ts';
import { share } from '../words/numbers.ts';
import { stateTelling, troubleTelling } from '../words/states.ts';
import { AnswerView, heldBy } from './answer.tsx';
import { Details } from './details.tsx';
import { Picture } from './picture.tsx';

/** More questions than these are told on the camera's page. */
const SHOWN_QUESTIONS = 4;
const SHOWN_OBJECTS = 4;
/** Tiles off the screen are kept up for who searches the page, or has it read out. */
const UNSEEN_MS = 5_000;

/** One camera: its picture, what it is, and how sure that is. */
export function Tile({ camera, isDetailed }: { readonly camera: CameraModel; readonly isDetailed: boolean }) {
  const { api } = useSession();
  const place = useRef<HTMLElement>(null);
  const isSeen = useSeen(place);
  useChanges(...(isSeen ? [camera.id] : []));
  useTick(isSeen ? 1_000 : UNSEEN_MS);
  const [width] = useState(() => Math.round(Math.min(960, 480 * Math.max(1, Math.min(2, devicePixelRatio)))));
  const answers = camera.inOrder;
  const told = answers.slice(0, SHOWN_QUESTIONS);
  const more = answers.length - told.length;
  return (
    <article class={`tile ${camera.state}`} aria-labelledby={`tile-${camera.id}`} ref={place}>
      <div class="tile-picture">
        <Picture id={camera.id} width={width} what={wordsOf(camera)} isSeen={isSeen} isLive={camera.state === 'live'} />
        <h2 id={`tile-${camera.id}`}>
          <a href={`#/camera/${camera.id}`}>{camera.id}</a>
        </h2>
        <StateChip camera={camera} />
      </div>
      <div class="tile-told">
        {told.length === 0 && <Silent camera={camera} />}
        {told.map((answer) => (
          <AnswerView
            key={answer.question}
            answer={answer}
            camera={camera}
            isOnly={answers.length === 1}
            isDetailed={isDetailed}
          />
        ))}
        {more > 0 && (
          <p class="soft">
            <a href={`#/camera/${camera.id}`}>{more} more answers</a>
          </p>
        )}
        <Objects camera={camera} />
        <Troubles camera={camera} />
        {isDetailed && <Details camera={camera} api={api} />}
      </div>
    </article>
  );
}

function StateChip({ camera: { state, reason, info } }: { readonly camera: CameraModel }) {
  const { tone, sign, word, explanation } = stateTelling(info?.paused === true ? 'paused' : state);
  return (
    <p class={`chip on-picture ${tone}`} title={reason === '' ? explanation : reason}>
      <span aria-hidden="true">{sign}</span> {word}
    </p>
  );
}

/** What stands in place of a label while there is none: the state and its reason. */
function Silent({ camera: { state, reason } }: { readonly camera: CameraModel }) {
  const { word, explanation } = stateTelling(state);
  return (
    <div class="answer">
      <p class="label none">{state === 'live' ? 'No label yet' : word}</p>
      <p class="since">{reason === '' ? explanation : reason}</p>
    </div>
  );
}

function Objects({ camera }: { readonly camera: CameraModel }) {
  const objects = [...camera.objects.values()];
  if (objects.length === 0) return null;
  return (
    <ul class="objects" aria-label="Objects in view">
      {objects.slice(0, SHOWN_OBJECTS).map(({ question, view, label, stable, confidence }) => (
        <li key={`${question} ${view.track}`} class="chip calm">
          <strong>{stable?.label ?? label ?? 'unknown'}</strong> {share(confidence)}
        </li>
      ))}
      {objects.length > SHOWN_OBJECTS && <li class="chip calm">+{objects.length - SHOWN_OBJECTS}</li>}
    </ul>
  );
}

function Troubles({ camera: { state, reason, degraded } }: { readonly camera: CameraModel }) {
  const isSilent = state === 'live' || reason === '';
  if (degraded.length === 0 && isSilent) return null;
  return (
    <ul class="troubles">
      {!isSilent && <li class="soft">{reason}</li>}
      {degraded.map((name) => {
        const { tone, sign, word, explanation } = troubleTelling(name);
        return (
          <li key={name}>
            <details>
              <summary class={`chip ${tone}`}>
                <span aria-hidden="true">{sign}</span> {word}
              </summary>
              <p>{explanation}</p>
            </details>
          </li>
        );
      })}
    </ul>
  );
}

function wordsOf({ inOrder }: CameraModel): string {
  const words = inOrder.slice(0, SHOWN_QUESTIONS).map((answer: Answer) => heldBy(answer) ?? 'nothing moves');
  return words.length === 0 ? 'live picture' : words.join(', ');
}
