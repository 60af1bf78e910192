import { useEffect, useState } from 'preact/hooks';
import type { CameraModel } from '../store/camera.ts';
import type { Api, FiguresAnswer } from '../wire.ts';
import { dropWords } from '../words/drops.ts';
import { milliseconds, share } from '../words/numbers.ts';
import { clockTelling, gearExplained } from '../words/states.ts';

const FIGURES_MS = 10_000;

/** What an engineer wants to know of a camera beyond its answers. */
export function Details({ camera, api }: { readonly camera: CameraModel; readonly api: Api }) {
  const figures = useFigures(api, camera.id);
  const label = camera.inOrder[0]?.label ?? [...camera.objects.values()][0]?.label;
  const clock = label === undefined ? null : clockTelling(label.clock.state);
  const agreements = Object.entries(camera.agreement);
  const drops = figures === null ? null : dropWords(figures);
  return (
    <dl class="pairs">
      {label !== undefined && label.path.length > 0 && (
        <>
          <dt>Rungs</dt>
          <dd>
            {label.path.map(({ rung, runMs, waitMs, confidence }) => (
              <span key={rung} class="step">
                {rung}{' '}
                <span class="soft">{`${milliseconds(runMs)} + ${milliseconds(waitMs)} wait, ${share(confidence)}`}</span>
              </span>
            ))}
          </dd>
        </>
      )}
      <dt>Gear</dt>
      <dd>{camera.gear === undefined ? 'one only' : `${camera.gear}, ${gearExplained(camera.gear)}`}</dd>
      {label !== undefined && (
        <>
          <dt>Point</dt>
          <dd>{label.operatingPoint}</dd>
        </>
      )}
      {clock !== null && (
        <>
          <dt>Clocks</dt>
          <dd title={clock.explanation}>
            <span aria-hidden="true">{clock.sign}</span> {clock.word}
          </dd>
        </>
      )}
      {agreements.length > 0 && (
        <>
          <dt>Agrees</dt>
          <dd>
            {agreements
              .map(([question, ratio]) => `${agreements.length > 1 ? `${question} ` : ''}${share(ratio)}`)
              .join(', ')}
          </dd>
        </>
      )}
      <dt>Dropped</dt>
      <dd>{drops ?? 'not known'}</dd>
    </dl>
  );
}

function useFigures(api: Api, id: string): FiguresAnswer | null {
  const [figures, setFigures] = useState<FiguresAnswer | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const ask = () => {
      if (document.hidden) return;
      api.get<FiguresAnswer>(`/api/cameras/${encodeURIComponent(id)}/figures`, stop.signal).then(setFigures, () => {});
    };
    ask();
    const timer = setInterval(ask, FIGURES_MS);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [api, id]);
  return figures;
}
