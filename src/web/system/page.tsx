import { ProblemNote } from '../camera/problem.tsx';
import { useAsked } from '../camera/use.ts';
import { Table } from '../charts/figure.tsx';
import { bytes, count, knownMilliseconds, list, moment } from '../charts/numbers.ts';
import type { PageParts } from '../wire.ts';
import { counted, duration } from '../words/numbers.ts';
import { clockTelling } from '../words/states.ts';
import { deviceFacts, type Fact, historyWords, type Status, whatToDo } from './words.ts';

/** The machine, the ladder, subscribers, history: whether the daemon is well. */
export function SystemPage({ parts }: { readonly parts: PageParts }) {
  const { value, problem } = useAsked<Status>(parts.api, '/api/status', 2_000);
  return (
    <main class="page system-page">
      <h1>System</h1>
      {problem !== null && <ProblemNote problem={problem} />}
      {value === null && problem === null && <p class="soft">Asking Weir how it is …</p>}
      {value !== null && <Parts status={value} />}
    </main>
  );
}

function Parts({ status }: { readonly status: Status }) {
  const { device, ladder, inference, subscribers, history, alerts, notices } = status;
  const now = Date.now();
  return (
    <div class="system-grid">
      {notices.map((text) => (
        <p key={text} class="note fair">
          ▲ {text}
        </p>
      ))}
      <Facts
        title="Weir"
        facts={[
          ['version', status.version],
          ['running for', `${duration(now - status.startedAtMs)}, since ${moment(status.startedAtMs, now)}`],
          ['messages', status.first > status.last ? 'none yet' : `${count(status.first)} to ${count(status.last)}`],
          ['epoch', status.epoch.slice(0, 8)],
          ['cameras', `${status.cameras.live} of ${status.cameras.total} live`],
          ['memory', bytes(status.memoryBytes)],
          ['event loop delay', `99 % within ${knownMilliseconds(status.eventLoopDelayP99Ms)}`],
        ]}
      />
      <Clocks status={status} />
      <Facts title="Device" facts={deviceFacts(device)} />
      <Facts
        title="Inference and subscribers"
        facts={[
          ['slots', count(inference.slots)],
          ['waiting', count(inference.queued)],
          ['restarts', count(inference.restarts)],
          ['subscribers', count(subscribers.connected)],
          ['not sent to slow ones', count(subscribers.dropped)],
        ]}
      />
      <Facts
        title="History"
        facts={[
          ['state', historyWords(history)],
          ...(history.enabled
            ? [
                [
                  'messages',
                  history.first > history.last ? 'none yet' : `${count(history.first)} to ${count(history.last)}`,
                ] as const,
                ['size', bytes(history.bytes)] as const,
                ['not kept', `${count(history.droppedMessages)} messages`] as const,
                ['set aside', list(history.quarantined) || 'nothing'] as const,
              ]
            : []),
        ]}
      />
      <Facts
        title="Alerts"
        facts={[
          ['rules', count(alerts.rules)],
          ['waiting', count(alerts.waiting)],
          ['failed', count(alerts.failed)],
        ]}
      />
      {ladder === null ? <p class="note">The models are still being loaded.</p> : <Rungs ladder={ladder} />}
    </div>
  );
}

function Clocks({ status: { clock, device } }: { readonly status: Status }) {
  const { sign, word, tone } = clockTelling(clock.state);
  const { clocks = [] } = device;
  return (
    <section class="panel">
      <h2>Clocks</h2>
      <p>
        <span class={`chip ${tone}`}>
          <span aria-hidden="true">{sign}</span> {word}
        </span>{' '}
        {clock.reasons.join('; ')}
      </p>
      <p class="soft">{whatToDo(clock.state)}</p>
      {clocks.length > 0 && (
        <Table
          name="Clocks of the processors"
          columns={['processor', 'now, MHz', 'from', 'to']}
          rows={clocks.map(({ cpu, currentMHz, minMHz, maxMHz }) => [cpu, currentMHz, minMHz, maxMHz].map(count))}
        />
      )}
    </section>
  );
}

/** Those that are in use; the others are there to be chosen from. */
function Rungs({ ladder }: { readonly ladder: NonNullable<Status['ladder']> }) {
  const loaded = ladder.rungs.filter((rung) => rung.loaded);
  const others = ladder.rungs.filter((rung) => !rung.loaded);
  return (
    <section class="panel wide">
      <h2>Ladder {ladder.name}</h2>
      <p class="soft">
        The reference is {ladder.reference}. Times are of this machine, as they were when it was loaded.
      </p>
      <Table
        name="Rungs in use"
        columns={['rung', 'million MACs', 'half within', '95 % within', 'precision']}
        rows={loaded.map(({ id, macsMillions, p50Ms, p95Ms, precision }) => [
          id,
          count(macsMillions),
          knownMilliseconds(p50Ms),
          knownMilliseconds(p95Ms),
          precision,
        ])}
      />
      {others.length > 0 && (
        <details>
          <summary>{counted(others.length, 'rung')} that no camera uses</summary>
          <Table
            name="Rungs that no camera uses"
            columns={['rung', 'million MACs', 'precision']}
            rows={others.map(({ id, macsMillions, precision }) => [id, count(macsMillions), precision])}
          />
        </details>
      )}
    </section>
  );
}

function Facts({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      <dl class="pairs">
        {facts.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}
