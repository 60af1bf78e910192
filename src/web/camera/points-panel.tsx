import { useState } from 'preact/hooks';
import type { PointsAnswer } from '../../server/points-answer.ts';
import { problemOf } from '../api.ts';
import { Mark } from '../charts/figure.tsx';
import { counted } from '../words/numbers.ts';
import {
  changeSentence,
  type Front,
  fewOf,
  frontsOf,
  type Point,
  pointName,
  pointSentence,
} from './operating-points.ts';
import { PointsPlot } from './points-plot.tsx';
import { ProblemNote, ReaderNote } from './problem.tsx';
import { useAsked, useIsReader } from './use.ts';
import type { Camera, PageParts, Problem } from './wire.ts';

/** How accurate and how costly the camera may be, and where it is now; it can be moved. */
export function PointsPanel({ camera, parts }: { readonly camera: Camera; readonly parts: PageParts }) {
  const path = `/api/cameras/${encodeURIComponent(camera.id)}`;
  const asked = useAsked<PointsAnswer>(parts.api, `${path}/operating-points`, 10_000);
  const [chosen, setChosen] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [done, setDone] = useState('');
  const [isBusy, setBusy] = useState(false);
  const isReader = useIsReader(parts.api, camera.id);
  const { value } = asked;
  if (value === null)
    return asked.problem === null ? (
      <p class="soft">Asking for the operating points …</p>
    ) : (
      <ProblemNote problem={asked.problem} />
    );
  const fronts = frontsOf(value);
  const [main] = fronts;
  if (main === undefined) {
    return (
      <p class="note">
        This camera has no operating points to choose from (mode {value.mode}): it always uses one rung, or it was not
        fitted. “weir train” or teaching makes some.
      </p>
    );
  }
  const current = main.points.find(({ isCurrent }) => isCurrent);
  const target = main.points.find(({ key }) => key === chosen);
  const move = async ({ key }: Point) => {
    setBusy(true);
    setProblem(null);
    try {
      await parts.api.send('PUT', `${path}/operating-point`, { operatingPoint: key });
      setDone(`It decides at ${key} from its next frame on.`);
      setChosen(null);
      asked.again();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const choose = (key: string) => {
    setDone('');
    setProblem(null);
    setChosen(key);
  };
  return (
    <div class="points">
      {fronts.map((front) => (
        <PointsPlot key={front.question} front={front} isOnly={fronts.length === 1} chosen={chosen} onChoose={choose} />
      ))}
      <section class="panel" aria-labelledby="move-title">
        <h3 id="move-title">Move the operating point</h3>
        {value.until !== null && (
          <p class="note">
            It was moved from <strong>{value.configured}</strong>, as it is configured. That counts again when Weir is
            restarted or reloaded.
          </p>
        )}
        {camera.gear !== undefined && camera.gear > 0 && (
          <p class="note fair">
            ▲ For want of time it decides {counted(camera.gear, 'point')} below this one just now.
          </p>
        )}
        {fronts.length > 1 && <p class="soft">Of {main.question}; the other questions move with it.</p>}
        {isReader && <ReaderNote what="Moving it" />}
        <PointList front={main} chosen={chosen ?? current?.key ?? null} onChoose={choose} />
        <div aria-live="polite">
          {target !== undefined && current !== undefined && target !== current && (
            <div class="note">
              <p>{changeSentence(current, target)}</p>
              {camera.origin !== 'api' && (
                <p>It holds until Weir is restarted or reloaded: the configuration says otherwise.</p>
              )}
              <div class="buttons">
                <button type="button" class="primary" disabled={isBusy || isReader} onClick={() => move(target)}>
                  Move to {pointName(target)}
                </button>
                <button type="button" onClick={() => setChosen(null)}>
                  Leave it
                </button>
              </div>
            </div>
          )}
          {done !== '' && <p class="note good">✓ {done}</p>}
        </div>
        {problem !== null && <ProblemNote problem={problem} />}
      </section>
    </div>
  );
}

interface ListProps {
  readonly front: Front;
  readonly chosen: string | null;
  readonly onChoose: (key: string) => void;
}

/** The accessible form of the plot: a choice, by keyboard too. */
function PointList({ front, chosen, onChoose }: ListProps) {
  const [isWhole, setWhole] = useState(false);
  const few = fewOf(front.points, chosen);
  const shown = isWhole ? front.points : few;
  return (
    <>
      <fieldset class="point-list">
        <legend class="soft">Cheapest first</legend>
        {shown.map((point) => (
          <label key={point.key} class={point.key === chosen ? 'chosen' : ''}>
            <input
              type="radio"
              name="operating-point"
              checked={point.key === chosen}
              onChange={() => onChoose(point.key)}
            />
            <Mark
              shape={point.isCurrent ? 'star' : point.name === null ? 'circle' : 'diamond'}
              color={point.isCurrent ? '--c2' : '--c1'}
              isFilled={point.isCurrent}
            />
            <span>
              {pointSentence(point, front)}
              {point.isCurrent && <strong> · now</strong>}
              {point.isConfigured && <span class="soft"> · configured</span>}
              <small class="way">{point.rungs.join(' → ')}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {few.length < front.points.length && (
        <button type="button" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show the named ones' : `Show all ${front.points.length} points`}
        </button>
      )}
    </>
  );
}
