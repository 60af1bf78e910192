import { useChanges } from '../shell/context.ts';
import type { CameraModel } from '../store/camera.ts';
import { wrongs } from '../words/states.ts';

/** More cameras are counted. */
const SHOWN = 5;

/** Which cameras somebody should look at, the worst first; each leads there. */
export function Wrongs({ cameras }: { readonly cameras: readonly CameraModel[] }) {
  useChanges(...cameras.map(({ id }) => id));
  const found = cameras
    .flatMap(({ id, state, degraded }) => {
      const [worst] = wrongs(state, degraded);
      return worst === undefined ? [] : [{ id, worst }];
    })
    .sort((a, b) => Number(b.worst.tone === 'bad') - Number(a.worst.tone === 'bad'));
  if (found.length === 0) return <p class="wrongs soft">all well</p>;
  return (
    <ul class="wrongs" aria-label="Cameras to look at">
      {found.slice(0, SHOWN).map(({ id, worst: { tone, sign, word } }) => (
        <li key={id}>
          <a class={`chip ${tone}`} href={`#/camera/${id}`}>
            <span aria-hidden="true">{sign}</span> <span class="which">{id}</span> {word}
          </a>
        </li>
      ))}
      {found.length > SHOWN && <li class="soft">and {found.length - SHOWN} more</li>}
    </ul>
  );
}
