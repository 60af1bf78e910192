import { useRef } from 'preact/hooks';
import { useChanges, useSession, useTick } from '../shell/context.ts';
import { useSeen } from '../shell/seen.ts';
import type { CameraModel } from '../store/camera.ts';
import { heldLabel } from '../store/held.ts';
import { share, timeOfDay } from '../words/numbers.ts';
import { stateTelling, troubleTelling, unheardTelling, wrongs } from '../words/states.ts';
import { type AlertLine, freshOf } from './alert-lines.ts';
import { AnswerView } from './answer.tsx';
import { Details } from './details.tsx';
import { Picture } from './picture.tsx';

/** More questions than these are told on the camera's page. */
const SHOWN_QUESTIONS = 4;
const SHOWN_OBJECTS = 4;
/** Tiles off the screen are kept up for who searches the page, or has it read out. */
const UNSEEN_MS = 5_000;

interface TileProps {
  readonly camera: CameraModel;
  readonly isDetailed: boolean;
  /** Whether Weir is there: without it what is shown is old. */
  readonly isHeard: boolean;
  readonly alerts: readonly AlertLine[];
}

/** One camera: its picture, what it is, how sure that is, and whether somebody should look. */
export function Tile({ camera, isDetailed, isHeard, alerts }: TileProps) {
  const { api } = useSession();
  const place = useRef<HTMLElement>(null);
  const isSeen = useSeen(place);
  useChanges(...(isSeen ? [camera.id] : []));
  useTick(isSeen ? 1_000 : UNSEEN_MS);
  const answers = camera.inOrder;
  const told = answers.slice(0, SHOWN_QUESTIONS);
  const more = answers.length - told.length;
  const [wrong] = wrongs(camera.state, camera.degraded);
  const alert = freshOf(alerts, camera.id, Date.now());
  const tone = alert !== null ? 'bad' : (wrong?.tone ?? '');
  return (
    <article class={`tile ${isHeard ? tone : 'unheard'}`} aria-labelledby={`tile-${camera.id}`} ref={place}>
      <div class="tile-bar">
        <h2 id={`tile-${camera.id}`}>
          <a href={`#/camera/${camera.id}`}>{camera.id}</a>
        </h2>
        <StateChip camera={camera} isHeard={isHeard} />
      </div>
      <div class="tile-picture">
        <Picture
          id={camera.id}
          what={wordsOf(camera)}
          isSeen={isSeen}
          state={camera.info?.paused === true ? 'paused' : camera.state}
          reason="" // Told below.
        />
        {alert !== null && (
          <p class="alert-mark">
            <span aria-hidden="true">!</span> {timeOfDay(alert.atMs)} {alert.text}
          </p>
        )}
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
            isHeard={isHeard}
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

interface ChipProps {
  readonly camera: CameraModel;
  readonly isHeard: boolean;
}

function StateChip({ camera: { state, reason, info }, isHeard }: ChipProps) {
  const told = stateTelling(info?.paused === true ? 'paused' : state);
  const { tone, sign, word, explanation } = isHeard ? told : unheardTelling(told);
  return (
    <p class={`chip ${tone}`} title={reason === '' ? explanation : reason}>
      <span aria-hidden="true">{sign}</span> {word}
    </p>
  );
}

/** What stands in place of a label while there is none: the state and its reason. */
function Silent({ camera: { id, state, reason, info } }: { readonly camera: CameraModel }) {
  const { tone, word, explanation } = stateTelling(state);
  return (
    <div class="answer">
      <p class={`label none ${tone}`}>{state === 'live' ? 'No label yet' : word}</p>
      <p class="reason">{reason === '' ? explanation : reason}</p>
      {state === 'failed' && info?.origin === 'api' && (
        <p>
          <a href={`#/camera/${id}`}>Change its source or password</a>
        </p>
      )}
    </div>
  );
}

function Objects({ camera }: { readonly camera: CameraModel }) {
  const objects = [...camera.objects.values()];
  if (objects.length === 0) return null;
  return (
    <ul class="objects" aria-label="Objects in view">
      {objects.slice(0, SHOWN_OBJECTS).map(({ label, sure }) => (
        <li key={`${label.question} ${label.view.track}`} class="chip calm">
          <strong>{heldLabel(label) ?? 'unknown'}</strong> {sure !== null && share(sure)}
        </li>
      ))}
      {objects.length > SHOWN_OBJECTS && <li class="chip calm">+{objects.length - SHOWN_OBJECTS}</li>}
    </ul>
  );
}

function Troubles({ camera: { state, reason, degraded, answers } }: { readonly camera: CameraModel }) {
  // Without an answer the reason stands in its place.
  const isSilent = state === 'live' || reason === '' || answers.size === 0;
  if (degraded.length === 0 && isSilent) return null;
  return (
    <ul class="troubles">
      {!isSilent && <li class="soft">{reason}</li>}
      {degraded.map((name) => {
        const { tone, sign, word, explanation } = troubleTelling(name);
        return (
          <li key={name} class={tone}>
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
  const words = inOrder.slice(0, SHOWN_QUESTIONS).map(({ label }) => heldLabel(label) ?? 'nothing moves');
  return words.length === 0 ? 'live picture' : words.join(', ');
}
