import { useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { ProblemNote } from './problem.tsx';
import type { Camera, PageParts, Problem } from './wire.ts';

/** Everything in the range as a file. The token goes in a header, so it is fetched and handed over, not linked. */
export function Exports({
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
      types: 'label,event,camera',
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
