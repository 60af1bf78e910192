import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';

/** One import of a module of ours. */
export interface Import {
  readonly from: string;
  /** A path below `src/`, or the name of a package. */
  readonly to: string;
  readonly typeOnly: boolean;
  readonly circular: boolean;
}

/** Every import below `<root>/src`, and the modules that were seen. */
export async function importsOf(root: string): Promise<{ modules: string[]; imports: Import[] }> {
  const { output } = await cruise(['src'], {
    baseDir: root,
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
  } as Parameters<typeof cruise>[1]);
  // Of the dashboard's folder, the style sheets and the page are no modules.
  const modules = (output as ICruiseResult).modules.filter(({ source }) => /^src\/.*\.tsx?$/.test(source));
  const imports = modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved, module, dependencyTypes, circular }) => ({
      from: source,
      to: resolved.startsWith('src/') ? resolved : packageName(module),
      typeOnly: dependencyTypes.includes('type-only'),
      circular,
    })),
  );
  return { modules: modules.map(({ source }) => source), imports };
}

/** What each folder of `src` (or file directly in it) may import of the others; types may come from anywhere. */
export type Directions = Readonly<Record<string, readonly string[]>>;

/** Imports against the direction, and cycles; one sentence each. */
export function directionViolations(imports: readonly Import[], directions: Directions): string[] {
  return imports.flatMap(({ from, to, typeOnly, circular }) => {
    if (!to.startsWith('src/') || typeOnly) return [];
    const [room, target] = [roomOf(from), roomOf(to)];
    const allowed = room === target || (directions[room] ?? []).includes(target);
    return [
      ...(allowed ? [] : [`${from} imports ${to}: ${room} may not use ${target}`]),
      ...(circular ? [`${from} imports ${to} in a cycle`] : []),
    ];
  });
}

/** Packages that more than one module imports. */
export function sharedPackages(imports: readonly Import[], packages: readonly string[]): string[] {
  return packages.flatMap((name) => {
    const users = [...new Set(imports.filter(({ to, typeOnly }) => to === name && !typeOnly).map(({ from }) => from))];
    return users.length === 1 ? [] : [`${name} is imported by ${users.join(', ') || 'nobody'}`];
  });
}

/** `src/cascade/step.ts` → `cascade`; `src/types.ts` → `types`. */
export function roomOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.ts$/, '');
}

/** Source files below a folder with their number of lines. */
export function sourceFiles(root: string, folder: string): { path: string; lines: number }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))
    .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }));
}

function packageName(module: string): string {
  return module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
}
