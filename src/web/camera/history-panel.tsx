import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { moment, share } from '../charts/numbers.ts';
import { Places } from '../charts/palette.ts';
import { LaneStrip } from './lane-strip.tsx';
import { ProblemNote } from './problem.tsx';
import { lanesOf } from './timeline.ts';
import { useTick } from './use.ts';
import { type Camera, isEvent, isLabel, type LabelsPage, type Message, type PageParts, type Problem } from './wire.ts';

const RANGES = [
  { name: '15 min', ms: 15 * 60_000 },
  { name: '1 h', ms: 3_600_000 },
  { name: '24 h', ms: 86_400_000 },
  { name: '7 d', ms: 7 * 86_400_000 },
] as const;
const PAGE = 200;

/** What was answered when: a strip for each question, the list behind it, and both to take along. */
export function HistoryPanel({ camera, parts }: { readonly camera: Camera; readonly parts: PageParts }) {
  const [rangeMs, setRange] = useState<number>(RANGES[0].ms);
  useTick(2_000);
  const nowMs = Date.now();
  const { messages, next, problem, more } = useHistory(camera.id, parts, rangeMs);
  const inRange = messages.filter((message) => timeOf(message) >= nowMs - rangeMs);
  const oldest = inRange.reduce((least, message) => Math.min(least, timeOf(message)), nowMs);
  const fromMs = next === null ? nowMs - rangeMs : oldest;
  const lanes = useMemo(() => lanesOf(messages, fromMs, nowMs), [messages, fromMs, nowMs]);
  const [places] = useState(() => new Places(camera.questions.flatMap(({ classes = [] }) => classes)));
  return (
    <div class="history">
      <div class="bar">
        <fieldset class="choice">
          <legend>Time</legend>
          {RANGES.map(({ name, ms }) => (
            <label key={name}>
              <input type="radio" name="range" checked={ms === rangeMs} onChange={() => setRange(ms)} /> {name}
            </label>
          ))}
        </fieldset>
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
          places={places}
        />
      ))}
      <section class="panel" aria-labelledby="history-list">
        <h3 id="history-list">Changes, newest first</h3>
        <ol class="entries">
          {inRange.map((message) => (
            <Entry key={message.seq} message={message} nowMs={nowMs} />
          ))}
        </ol>
        {next !== null && (
          <button type="button" onClick={more}>
            Load earlier ones
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
  if (!isLabel(message)) return null;
  return (
    <li>
      {time} <span aria-hidden="true">→</span> <strong>{message.stable?.label ?? message.label ?? 'nothing'}</strong>{' '}
      <span class="soft">
        {share(message.confidence)} sure, {message.question}
      </span>
    </li>
  );
}

function timeOf(message: Message): number {
  return isEvent(message) ? message.atMs : isLabel(message) ? message.arrivedAtMs : 0;
}

/** Pages of the history, newest first, with what comes meanwhile before them. */
function useHistory(camera: string, { api, listen }: PageParts, rangeMs: number) {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [next, setNext] = useState<LabelsPage['next']>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const turn = useRef(0);
  const load = async (cursor: LabelsPage['next'], mine: number) => {
    const query = new URLSearchParams({
      camera,
      every: 'change',
      types: 'label,event',
      order: 'newest',
      limit: String(PAGE),
    });
    query.set('from', String(Date.now() - rangeMs));
    if (cursor !== null) query.set('cursor', String(cursor));
    try {
      const page = await api.get<LabelsPage>(`/api/labels?${query}`);
      if (turn.current !== mine) return;
      setMessages((before) => distinct([...before, ...page.items]));
      setNext(page.next);
      setProblem(null);
    } catch (error) {
      if (turn.current === mine) setProblem(problemOf(error));
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: it begins anew with another camera or range
  useEffect(() => {
    const mine = ++turn.current;
    setMessages([]);
    setNext(null);
    void load(null, mine);
    return listen(camera, (message) => {
      if (isEvent(message) || (isLabel(message) && message.changed))
        setMessages((before) => distinct([message, ...before]));
    });
  }, [camera, rangeMs, api, listen]);
  return { messages, next, problem, more: () => void load(next, turn.current) };
}

/** By number, newest first, each once. */
function distinct(messages: readonly Message[]): Message[] {
  return [...new Map(messages.map((message) => [message.seq, message])).values()].sort((a, b) => b.seq - a.seq);
}

/** Everything in the range as a file. The token goes in a header, so it is fetched and handed over, not linked. */
function Exports({
  camera,
  parts,
  rangeMs,
}: {
  readonly camera: Camera;
  readonly parts: PageParts;
  readonly rangeMs: number;
}) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const take = async (format: 'csv' | 'jsonl') => {
    setProblem(null);
    const query = new URLSearchParams({
      camera: camera.id,
      from: String(Date.now() - rangeMs),
      format,
      every: 'change',
      types: 'label,event',
    });
    try {
      const url = URL.createObjectURL(await parts.api.blob(`/api/labels?${query}`));
      const link = document.createElement('a');
      [link.href, link.download] = [url, `${camera.id}.${format}`];
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <div class="buttons">
      <button type="button" onClick={() => take('csv')}>
        Export CSV
      </button>
      <button type="button" onClick={() => take('jsonl')}>
        Export JSON Lines
      </button>
      {problem !== null && <ProblemNote problem={problem} />}
    </div>
  );
}
