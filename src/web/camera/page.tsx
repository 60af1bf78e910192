import { useEffect, useRef, useState } from 'preact/hooks';
import { accuracy } from '../charts/numbers.ts';
import { Picture } from '../guard/picture.tsx';
import { regionsOf } from '../guard/region-boxes.ts';
import { gearExplained, stateTelling, troubleTelling, unheardTelling } from '../words/states.ts';
import { AnswersPanel } from './answers.tsx';
import { Control } from './control.tsx';
import { FiguresPanel } from './figures-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { usePageRecord } from './page-record.ts';
import { PointsPanel } from './points-panel.tsx';
import { ProblemNote } from './problem.tsx';
import { TeachPanel } from './teach-panel.tsx';
import { useAsked } from './use.ts';
import type { Camera, PageParts } from './wire.ts';

const TABS = [
  { id: 'history', name: 'History' },
  { id: 'figures', name: 'Figures' },
  { id: 'point', name: 'Operating point' },
  { id: 'teach', name: 'Teach' },
] as const;
type Tab = (typeof TABS)[number]['id'];
/** A camera's region where none is told. */
const WHOLE = [0, 0, 1, 1];

/** Everything about one camera: for the guard above, for the engineer below. */
export function CameraPage({ id, parts }: { readonly id: string; readonly parts: PageParts }) {
  const [tab, setTab] = useState<Tab>('history');
  const camera = useAsked<Camera>(parts.api, `/api/cameras/${encodeURIComponent(id)}`, 3_000);
  const { value } = camera;
  const record = usePageRecord(value, id, parts);
  if (value === null) {
    return (
      <main class="page camera-page">
        <p>
          <a href="#/">← All cameras</a>
        </p>
        <h1>{id}</h1>
        {camera.problem === null ? (
          <p class="soft">Asking Weir about this camera …</p>
        ) : camera.problem.code === 'camera-unknown' ? (
          <p class="note">There is no camera of this name. It may have been removed, or be called otherwise.</p>
        ) : (
          <ProblemNote problem={camera.problem} />
        )}
      </main>
    );
  }
  return (
    <main class="page camera-page">
      <div class="camera-head">
        <p>
          <a href="#/">← All cameras</a>
        </p>
        <h1>{id}</h1>
        <StateLine camera={value} isHeard={camera.problem === null} />
        <Control camera={value} parts={parts} onChange={camera.again} />
      </div>
      {camera.problem !== null && <ProblemNote problem={camera.problem} />}
      <div class="now">
        <Picture
          id={id}
          what="what it sees now"
          state={value.paused === true ? 'paused' : value.state}
          reason={value.reason}
          regions={regionsOf(value.questions, value.region ?? WHOLE)}
        />
        <AnswersPanel camera={value} parts={parts} />
      </div>
      <Tabs chosen={tab} onChoose={setTab} />
      <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`} class="tab-panel">
        {tab === 'history' && <HistoryPanel key={id} camera={value} parts={parts} record={record} />}
        {tab === 'figures' && <FiguresPanel key={id} camera={value} parts={parts} record={record} />}
        {tab === 'point' && <PointsPanel key={id} camera={value} parts={parts} />}
        {tab === 'teach' && <TeachPanel key={id} camera={value} parts={parts} />}
      </div>
    </main>
  );
}

interface StateProps {
  readonly camera: Camera;
  readonly isHeard: boolean;
}

function StateLine({ camera, isHeard }: StateProps) {
  const { state, reason, degraded, gear, agreement = {}, paused } = camera;
  const told = stateTelling(paused === true ? 'paused' : state);
  const { sign, tone, word } = isHeard ? told : unheardTelling(told);
  const agreements = Object.entries(agreement);
  return (
    <ul class="facts">
      <li>
        <span class={`chip ${tone}`}>
          <span aria-hidden="true">{sign}</span> {word}
        </span>
        {reason !== '' && <span class="soft"> {reason}</span>}
      </li>
      {gear !== undefined && (
        <li>
          gear <strong>{gear}</strong>, <span class="soft">{gearExplained(gear)}</span>
        </li>
      )}
      {agreements.map(([question, ratio]) => (
        <li key={question}>
          agreement <strong>{accuracy(ratio)}</strong>
          <span class="soft"> with the top rung{agreements.length > 1 ? `, ${question}` : ''}</span>
        </li>
      ))}
      {degraded.map((name) => (
        <Trouble key={name} name={name} />
      ))}
    </ul>
  );
}

function Trouble({ name }: { readonly name: string }) {
  const { sign, tone, word, explanation } = troubleTelling(name);
  return (
    <li>
      <span class={`chip ${tone}`}>
        <span aria-hidden="true">{sign}</span> {word}
      </span>{' '}
      <span class="soft">{explanation}</span>
    </li>
  );
}

function Tabs({ chosen, onChoose }: { readonly chosen: Tab; readonly onChoose: (tab: Tab) => void }) {
  const place = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  // The focus follows what is chosen by an arrow key.
  useEffect(() => {
    if (moved.current) place.current?.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
    moved.current = false;
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = TABS.findIndex(({ id }) => id === chosen);
    moved.current = true;
    onChoose(TABS[(at + step + TABS.length) % TABS.length]?.id ?? chosen);
  };
  return (
    <div class="tabs" role="tablist" aria-label="About this camera" ref={place} onKeyDown={onKeyDown}>
      {TABS.map(({ id, name }) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === chosen}
          aria-controls={id === chosen ? `panel-${id}` : undefined}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => onChoose(id)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
