import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Directions, directionViolations, importsOf, sharedPackages, sourceFiles } from './support/imports.ts';
import { anchorsOf, brokenLinks } from './support/markdown-links.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PLANTED = join(ROOT, 'test/support/planted');

const WORDS = ['types', 'errors', 'words'];
/** The one way that imports point; see CONTRIBUTING.md. */
const DIRECTIONS: Directions = {
  types: ['device-types'],
  'device-types': [],
  errors: [],
  words: [],
  secrets: [],
  background: [],
  loopback: [],
  principal: [],
  terminal: WORDS,
  main: ['commands', 'types'],
  access: ['artifact', 'loopback', 'principal', ...WORDS],
  artifact: WORDS,
  config: ['alerts', 'artifact', 'cascade', 'secrets', ...WORDS],
  image: WORDS,
  examples: ['artifact', 'image', ...WORDS],
  features: ['image', ...WORDS],
  cascade: WORDS,
  dataset: ['artifact', 'features', 'image', 'infer', ...WORDS],
  decode: ['secrets', ...WORDS],
  device: WORDS,
  evaluation: ['cascade', 'dataset', 'features', 'infer', 'pipeline', 'premodel', 'terminal', ...WORDS],
  groups: ['artifact', ...WORDS],
  heads: ['artifact', 'cascade', 'features', 'premodel', ...WORDS],
  infer: ['background', 'image', 'artifact', ...WORDS],
  pipeline: ['cascade', ...WORDS],
  profile: ['artifact', 'cascade', 'infer', 'terminal', ...WORDS],
  premodel: ['background', 'artifact', 'cascade', 'features', ...WORDS],
  scene: WORDS,
  report: ['artifact', 'cascade', 'dataset', 'evaluation', 'image', 'premodel', 'simulate', ...WORDS],
  simulate: ['artifact', 'cascade', 'features', 'heads', 'infer', 'pipeline', 'premodel', 'scene', ...WORDS],
  protocol: ['artifact', ...WORDS],
  history: ['artifact', 'sinks', 'protocol', ...WORDS],
  alerts: ['artifact', 'secrets', 'sinks', 'protocol', ...WORDS],
  sinks: ['artifact', 'principal', 'protocol', ...WORDS],
  server: ['artifact', 'config', 'loopback', 'principal', ...WORDS],
  teaching: ['cascade', 'features', 'heads', 'premodel', 'scene', ...WORDS],
  service: ['secrets', ...WORDS],
  client: [],
  web: ['client', ...WORDS],
  commands: [
    'loopback',
    'principal',
    ...[
      'access',
      'alerts',
      'artifact',
      'cascade',
      'client',
      'config',
      'dataset',
      'decode',
      'device',
      'evaluation',
      'examples',
      'features',
      'groups',
      'heads',
      'history',
      'image',
      'infer',
      'pipeline',
      'premodel',
      'principal',
      'profile',
      'protocol',
      'report',
      'scene',
      'secrets',
      'server',
      'service',
      'simulate',
      'sinks',
      'teaching',
      'terminal',
    ],
    ...WORDS,
  ],
};

/** Heavy or replaceable packages: what one module hides, one module can exchange. */
const ONE_MODULE_EACH = [
  'onnxruntime-node',
  'fluent-ffmpeg',
  'sharp',
  'fastify',
  'prom-client',
  'pino',
  'pino-pretty',
  'ml-cart',
  'ml-knn',
  'cli-progress',
  'echarts',
  'koffi',
  'mqtt',
  'libsql',
];

const TEXT = /\.(ts|mjs|json|md|ya?ml|py|sh|html|css)$/;
const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.cache', 'test-results', 'package-lock.json']);

/** Files of the project, without what is installed or built. */
function projectFiles(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? projectFiles(root, path) : [path];
  });
}

const MAX_LINES = 250;
/** How many files may be longer than a room that one holds in the head. */
const ROOM_LINES = 150;

describe('imports', () => {
  let seen: Awaited<ReturnType<typeof importsOf>>;
  beforeAll(async () => {
    seen = await importsOf(ROOT);
  }, 60_000);

  test('the rules see every module', () => {
    const files = sourceFiles(ROOT, 'src').map(({ path }) => path);
    expect(files.length).toBeGreaterThan(50);
    expect([...seen.modules].sort()).toEqual(files.sort());
    expect(seen.imports.length).toBeGreaterThan(files.length);
    // The parser takes `import A, { type B }` for an import of types alone: such a line would escape the rules.
    for (const path of files) expect(readFileSync(join(ROOT, path), 'utf8')).not.toMatch(/^import \w+, \{.*\btype\b/m);
  });

  test('every folder has its rule', () => {
    const rooms = new Set(seen.modules.map((path) => (path.split('/')[1] ?? '').replace(/\.ts$/, '')));
    expect([...rooms].sort()).toEqual(Object.keys(DIRECTIONS).sort());
  });

  test('point one way, without cycles', () => {
    expect(directionViolations(seen.imports, DIRECTIONS)).toEqual([]);
  });

  test('each heavy package is imported by exactly one module', () => {
    expect(sharedPackages(seen.imports, ONE_MODULE_EACH)).toEqual([]);
    // `ws` serves in the sink and carries `weir watch`; the client takes it where the platform has no WebSocket, by a name that no
    // bundler follows.
    const users = new Set(seen.imports.filter(({ to, typeOnly }) => to === 'ws' && !typeOnly).map(({ from }) => from));
    expect([...users].sort()).toEqual(['src/client/node-socket.ts', 'src/sinks/websocket.ts']);
  });

  test('planted violations are found', async () => {
    const { imports } = await importsOf(PLANTED);
    expect(directionViolations(imports, DIRECTIONS).sort()).toEqual([
      'src/cascade/step.ts imports src/infer/load.ts in a cycle',
      'src/cascade/step.ts imports src/infer/load.ts: cascade may not use infer',
      'src/infer/load.ts imports src/cascade/step.ts in a cycle',
      'src/infer/load.ts imports src/cascade/step.ts: infer may not use cascade',
    ]);
    expect(sharedPackages(imports, ['onnxruntime-node', 'sharp'])).toEqual([
      'onnxruntime-node is imported by src/decode/settings.ts, src/infer/load.ts',
      'sharp is imported by nobody',
    ]);
  });
});

describe('words', () => {
  /** Files of ours that hold a text. */
  const holding = (text: RegExp) =>
    [...sourceFiles(ROOT, 'src'), ...sourceFiles(ROOT, 'bench')]
      .map(({ path }) => path)
      .filter((path) => text.test(readFileSync(join(ROOT, path), 'utf8')));

  test.each([
    ['the answer of all else', /'other'|"other"/, 'src/words.ts'],
    ['what is unclear', /'~'/, 'src/words.ts'],
    ['rung zero', /'zero'/, 'src/words.ts'],
    // (Of the policies' operating points one has the same name.)
    ['the question where none is named', /(?<!operatingPoint: )'default'/, 'src/words.ts'],
    ['what a ratio is in percent', /function percent\b/, 'src/words.ts'],
    ['which names are the same', /function plainName\b|\[\\s_-\]\+/, 'src/words.ts'],
    ['which value is the median', /function median\b/, 'src/premodel/statistics.ts'],
  ])('%s is said once', (_what, text, path) => {
    expect(holding(text)).toEqual([path]);
  });
});

describe('files', () => {
  test(`none is longer than ${MAX_LINES} lines, few than ${ROOM_LINES}`, () => {
    const files = [...sourceFiles(ROOT, 'src'), ...sourceFiles(ROOT, 'bench')];
    expect(files.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
    const long = files.filter(({ lines }) => lines > ROOM_LINES);
    expect(long.length / files.length).toBeLessThan(0.2);
  });

  test('compiled kernels are those of their sources', () => {
    const compiled = readFileSync(join(ROOT, 'src/image/resize-kernel.ts'), 'utf8');
    const source = createHash('sha256')
      .update(readFileSync(join(ROOT, 'kernels/resize.ts')))
      .digest('hex');
    expect(compiled).toContain(`sha256 ${source}`);
  });

  test('dependencies are pinned, and the lock file names no host', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(`${name}@${version}`).toMatch(/@\d+\.\d+\.\d+$/);
    }
    expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved"/);
  });

  test('no text file names a path of the machine that it was written on', () => {
    const texts = projectFiles(ROOT).filter((name) => TEXT.test(name) || !name.split('/').at(-1)?.includes('.'));
    expect(texts.length).toBeGreaterThan(50);
    const here = new RegExp(`${ROOT.replace(/\/$/, '').replace(/[.*+?^$()[\]{}|\\]/g, '\\$&')}(/|$)`, 'm');
    expect(texts.filter((name) => here.test(readFileSync(join(ROOT, name), 'utf8')))).toEqual([]);
  });
});

describe('links between documents', () => {
  test('lead to files and headings that there are', () => {
    const documents = projectFiles(ROOT).filter((name) => name.endsWith('.md') && !name.includes('planted'));
    expect(documents).toContain('docs/cameras.md');
    expect(documents.flatMap((path) => brokenLinks(ROOT, path).map((link) => `${path}: ${link}`))).toEqual([]);
  });

  test('that lead nowhere are found', () => {
    expect(brokenLinks(PLANTED, 'links.md')).toEqual(['gone.md', '#no-such', 'links.md#nor-that']);
  });

  test('have names as GitHub makes them', () => {
    const text = '# A `b`: c -- d!\n## Twice\n```\n# none\n```\n### Twice\n## Of [a link](x.md), Ünder_score\n';
    expect([...anchorsOf(text)]).toEqual(['a-b-c----d', 'twice', 'twice-1', 'of-a-link-ünder_score']);
  });
});
