import { useMemo, useState } from 'preact/hooks';
import { moment } from '../charts/numbers.ts';
import { isOther } from '../store/held.ts';
import { share } from '../words/numbers.ts';
import { stateTelling } from '../words/states.ts';
import { rowsOf, timeOf } from './held.ts';
import { useHistory } from './history.ts';
import { Exports } from './history-exports.tsx';
import { LaneStrip } from './lane-strip.tsx';
import type { PageRecord } from './page-record.ts';
import { ProblemNote } from './problem.tsx';
import { DAY, HOUR, QUARTER, RangeChoice, WEEK } from './range-choice.tsx';
import { lanesOf } from './timeline.ts';
import { useTick } from './use.ts';
import { type Camera, isEvent, isLabel, type Message, type PageParts } from './wire.ts';

/** Rows of the list are so many at first, and so many more each time. */
const [FIRST_ROWS, MORE_ROWS] = [25, 100];

interface PanelProps {
  readonly camera: Camera;
  readonly parts: PageParts;
  readonly record: PageRecord;
}

/** What was answered when: a strip for each question, the list behind it, and both to take along. */
export function HistoryPanel({ camera, parts, record }: PanelProps) {
  const [rangeMs, setRange] = useState(QUARTER.ms);
  const [rows, setRows] = useState(FIRST_ROWS);
  useTick(2_000);
  const nowMs = Date.now();
  const { messages, next, silentMs, problem, isLoaded, more } = useHistory(camera.id, parts, rangeMs);
  const inRange = messages.filter((message) => timeOf(message) >= nowMs - rangeMs);
  const list = rowsOf(inRange);
  const oldest = inRange.reduce((least, message) => Math.min(least, timeOf(message)), nowMs);
  // What was told before is not known where there is no history, or it is not loaded yet.
  const knownFromMs = !isLoaded ? Math.min(oldest, record.openedMs) : next === null ? nowMs - rangeMs : oldest;
  const fromMs = Math.max(knownFromMs, nowMs - rangeMs);
  const lanes = useMemo(() => {
    const holding = [...record.newest.values()].flatMap(({ question, stable }) =>
      stable === null ? [] : [{ question, label: stable.label, sinceMs: stable.sinceMs }],
    );
    return lanesOf(messages, fromMs, nowMs, holding, silentMs);
  }, [messages, fromMs, nowMs, record, silentMs]);
  return (
    <div class="history">
      <div class="bar">
        <RangeChoice name="range" ranges={[QUARTER, HOUR, DAY, WEEK]} chosenMs={rangeMs} onChoose={setRange} />
        <Exports camera={camera} parts={parts} rangeMs={rangeMs} />
      </div>
      {problem !== null && <ProblemNote problem={problem} />}
      {lanes.length === 0 && problem === null && <p class="soft">Nothing became stable or changed in this time.</p>}
      {lanes.map((lane) => (
        <LaneStrip
          key={`${lane.question} ${lane.isObjects}`}
          lane={lane}
          fromMs={nowMs - rangeMs}
          toMs={nowMs}
          loadedFromMs={isLoaded && next !== null ? knownFromMs : null}
        />
      ))}
      <section class="panel" aria-labelledby="history-list">
        <h3 id="history-list">Changes, newest first</h3>
        {list.length === 0 && <p class="soft">{isLoaded ? 'Nothing changed in this time.' : 'None is known.'}</p>}
        <ol class="entries">
          {list.slice(0, rows).map((message) => (
            <Entry key={message.seq} message={message} nowMs={nowMs} />
          ))}
        </ol>
        {(next !== null || list.length > rows) && (
          <button
            type="button"
            onClick={() => {
              if (next !== null && list.length < rows + MORE_ROWS) more();
              setRows(rows + MORE_ROWS);
            }}
          >
            Show earlier ones
          </button>
        )}
      </section>
    </div>
  );
}

function Entry({ message, nowMs }: { readonly message: Message; readonly nowMs: number }) {
  const time = <time dateTime={new Date(timeOf(message)).toISOString()}>{moment(timeOf(message), nowMs)}</time>;
  if (isEvent(message)) {
    const what = message.track === undefined ? '' : ` object ${message.track}`;
    return (
      <li>
        {time} <span aria-hidden="true">{message.phase === 'begin' ? '▶' : '■'}</span> {what}{' '}
        <strong>{message.label ?? 'nothing'}</strong> {message.phase === 'begin' ? 'began' : 'ended'}{' '}
        <span class="soft">{message.question}</span>
      </li>
    );
  }
  if (!isLabel(message)) {
    const { sign, word } = stateTelling(message.state);
    return (
      <li>
        {time} <span aria-hidden="true">{sign}</span> camera <strong>{word}</strong>{' '}
        <span class="soft">{message.reason}</span>
      </li>
    );
  }
  return (
    <li>
      {time} <span aria-hidden="true">→</span> <strong>{message.stable?.label ?? message.label ?? 'nothing'}</strong>{' '}
      <span class="soft">
        {isOther(message) ? '' : `${share(message.confidence)} sure, `}
        {message.question}
      </span>
    </li>
  );
}
