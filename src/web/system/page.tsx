import { ProblemNote } from '../camera/problem.tsx';
import { useAsked } from '../camera/use.ts';
import { Table } from '../charts/figure.tsx';
import { bytes, count, duration, list, milliseconds, moment } from '../charts/numbers.ts';
import type { PageParts } from '../wire.ts';
import { clockTelling } from '../words/states.ts';
import { historyWords, type Status, whatToDo } from './words.ts';

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
  const { clock, device, ladder, inference, subscribers, history, alerts, notices = [] } = status;
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
          ['messages', `${count(status.first)} to ${count(status.last)} of epoch ${status.epoch.slice(0, 8)}`],
          ['cameras', `${status.cameras.live} of ${status.cameras.total} live`],
          ['memory', bytes(status.memoryBytes)],
          ['event loop delay', `99 % within ${milliseconds(status.eventLoopDelayP99Ms)}`],
        ]}
      />
      <section class="panel">
        <h3>
          Clocks: {clockTelling(clock.state).sign} {clock.state}
        </h3>
        <p>{clock.reasons.join('; ')}</p>
        <p class="soft">{whatToDo(clock.state)}</p>
      </section>
      <Facts
        title="Device"
        facts={[
          ['machine', device.name],
          ['temperature', device.temperatureC == null ? '–' : `${device.temperatureC.toFixed(0)} °C`],
          ['power', device.powerMw == null ? '–' : `${(device.powerMw / 1000).toFixed(1)} W`],
        ]}
      />
      <Facts
        title="Inference and subscribers"
        facts={[
          ['slots', count(inference.slots)],
          ['waiting', count(inference.queued)],
          ['restarts', count(inference.restarts)],
          ['subscribers', count(subscribers.connected)],
          ['dropped for slow ones', count(subscribers.dropped)],
        ]}
      />
      <Facts
        title="History and alerts"
        facts={[
          ['history', historyWords(history)],
          ['size', bytes(history.bytes)],
          ['not kept', count(history.droppedMessages)],
          ['set aside', list(history.quarantined ?? []) || 'nothing'],
          ...(alerts === undefined
            ? []
            : [
                [
                  'alerts',
                  `${count(alerts.rules)} rules, ${count(alerts.waiting)} waiting, ${count(alerts.failed)} failed`,
                ] as const,
              ]),
        ]}
      />
      {ladder !== null && (
        <section class="panel wide">
          <h3>Ladder {ladder.name}</h3>
          <p class="soft">The reference is {ladder.reference}. Times are of this machine.</p>
          <Table
            name="Rungs"
            columns={['rung', 'million MACs', 'half within', '95 % within', 'precision', 'loaded']}
            rows={ladder.rungs.map((rung) => [
              rung.id,
              count(rung.macsMillions),
              milliseconds(rung.p50Ms),
              milliseconds(rung.p95Ms),
              rung.precision ?? '–',
              rung.loaded ? '✓' : 'no',
            ])}
          />
        </section>
      )}
    </div>
  );
}

function Facts({ title, facts }: { readonly title: string; readonly facts: readonly (readonly [string, string])[] }) {
  return (
    <section class="panel">
      <h3>{title}</h3>
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
