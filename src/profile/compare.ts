import type { Circumstances } from './artifact.ts';

/** In what circumstances differ, in words, a profile's value first; none where they are the same. */
export function differences(profile: Circumstances, here: Circumstances): string[] {
  return ASPECTS.flatMap(({ name, of }) => {
    const [there, now] = [of(profile), of(here)];
    return there === now ? [] : [`${name} ${there} (here: ${now})`];
  });
}

const ASPECTS: readonly { readonly name: string; readonly of: (circumstances: Circumstances) => string }[] = [
  { name: 'device', of: ({ device }) => device },
  { name: 'power mode', of: ({ powerMode }) => powerMode ?? 'none' },
  { name: 'clocks', of: ({ clock }) => clock.state },
  { name: 'governor', of: ({ governors }) => list([...governors].sort()) },
  {
    name: 'processors',
    of: ({ cpus }) => list(cpus.map(({ cpu, minMHz, maxMHz }) => `${cpu}: ${minMHz}-${maxMHz} MHz`)),
  },
  { name: 'slots', of: ({ slots }) => String(slots) },
  { name: 'threads per slot', of: ({ threadsPerSlot }) => String(threadsPerSlot) },
  { name: 'execution providers', of: ({ executionProviders }) => list(executionProviders) },
  { name: 'Weir', of: ({ versions }) => versions.weir },
  { name: 'Node', of: ({ versions }) => versions.node },
  { name: 'ONNX Runtime', of: ({ versions }) => versions.onnxruntime },
];

function list(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}
