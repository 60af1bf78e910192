import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configWarnings } from '../../src/commands/config-doubts.ts';
import { type SettledCamera, settleCameras } from '../../src/commands/settled.ts';
import { configSchema } from '../../src/config/schema.ts';
import { ladderPath, readLadder } from '../../src/infer/ladder.ts';
import { temporaryFolder } from '../support/clips.ts';
import { beginWeir, expectDone } from '../support/commands.ts';

let state: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(state.path, name);

beforeAll(async () => {
  state = await temporaryFolder();
  await mkdir(path('weir/heads'), { recursive: true });
  await writeFile(path('weir/heads/broken.json'), '{"schema":"weir.heads/9"}');
  const added = { entry: { id: 'added', source: 'rtsp://192.0.2.1/x', groups: ['animal'] }, isPaused: false };
  await writeFile(path('weir/cameras.json'), JSON.stringify({ schema: 'weir.cameras/1', cameras: [added] }));
});
afterAll(() => state.remove());

/** @param teach what a camera was taught */
async function warningsOf(
  rules: readonly string[],
  cameras: readonly object[],
  teach: (camera: SettledCamera) => SettledCamera = (camera) => camera,
) {
  const config = configSchema.parse({
    cameras: cameras.map((camera) => ({ source: 'a.mp4', ...camera })),
    alerts: { rules: rules.map((when, at) => ({ id: `r${at}`, when })) },
  });
  const surroundings = { ladder: await readLadder(ladderPath(config.ladder)), env: { XDG_STATE_HOME: state.path } };
  const settled = await settleCameras(config, surroundings);
  return await configWarnings(config, settled.map(teach), surroundings);
}

test('groups, regions and cameras that came over the API are known without any model', async () => {
  const door = { id: 'door', region: [0, 0, 0.5, 1], groups: ['vehicle'] };
  const rules = ['vehicle on gate/door', 'animal on added', 'vehicle on added', 'animal on gate'];
  const warnings = await warningsOf(rules, [{ id: 'gate', regions: [door] }]);
  expect(warnings.map(({ code, about }) => [code, about])).toEqual([
    ['rule-doubtful', 'r2'],
    ['rule-doubtful', 'r3'],
  ]);
  expect(warnings[1]?.message).toMatch(/"animal": it is a group.*groups: \[animal\]/);
});

test('what a camera was taught counts, and heads that cannot be used are told', async () => {
  const question = { id: 'kind', classes: [{ id: 'van', name: 'van' }], other: null };
  const taught = (camera: SettledCamera) =>
    camera.id === 'gate'
      ? ({ ...camera, taught: { heads: { questions: [question] } } } as unknown as SettledCamera)
      : camera;
  const warnings = await warningsOf(['van on gate', 'tabby on gate'], [{ id: 'gate' }, { id: 'broken' }], taught);
  expect(warnings.map(({ code, about }) => [code, about])).toEqual([
    ['heads-unusable', 'broken'],
    ['rule-doubtful', 'r1'],
  ]);
});

test('a transport that is not used is told', async () => {
  const cameras = [
    { id: 'gate', source: 'rtsps://h/x', transport: 'udp' },
    { id: 'yard', source: 'rtsp://h/x', transport: 'udp' },
  ];
  const message = expect.stringContaining('comes over TCP');
  expect(await warningsOf([], cameras)).toEqual([{ code: 'transport-unused', about: 'gate', message }]);
});

test('config check tells them on stderr, or as JSON, and the file is right all the same', async () => {
  const file = path('weir.yaml');
  await writeFile(path('a.mp4'), '');
  const cameras = [{ id: 'gate', source: 'a.mp4' }];
  await writeFile(file, JSON.stringify({ cameras, alerts: { rules: [{ id: 'cat', when: 'tabbi on gate' }] } }));
  const check = (...more: string[]) => beginWeir(['config', 'check', file, '--state-dir', path('weir'), ...more]).ended;
  const told = await check();
  expectDone(told);
  expect(told.stdout).toContain('right, 1 camera, 1 warning');
  expect(told.stderr).toMatch(/^weir: rule cat: .*"tabbi" \(did you mean "tabby"\?\)/);
  expect(told.stderr).toContain(path('weir'));
  const { stdout, stderr } = await check('--json');
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    schema: 'weir.config-check/1',
    file,
    cameras: 1,
    warnings: [{ code: 'rule-doubtful', about: 'cat', message: expect.stringContaining('tabby') }],
  });
  const strict = await check('--strict');
  expect([strict.code, strict.stdout]).toEqual([2, expect.stringContaining('not right by --strict')]);
  await writeFile(file, JSON.stringify({ cameras }));
  expect((await check('--strict')).code).toBe(0);
});

test('a recording that is not there is warned of, and all mistakes are told at once, each with its line', async () => {
  const file = path('layers.yaml');
  const check = () => beginWeir(['config', 'check', file, '--state-dir', path('weir')]).ended;
  await writeFile(file, 'cameras: [{id: gate, source: later.mp4}]');
  const later = await check();
  expectDone(later);
  expect(later.stderr).toContain(`camera gate: there is no file ${path('later.mp4')} as yet`);
  await writeFile(
    file,
    `server: {prot: 1}
groups:
  things: [tabby, nosuchthing]
cameras:
  - {id: gate, source: later.mp4, groups: [things, animall]}
  - id: yard
    source: later.mp4
    only: [tabbi]
    regions: [{id: door, region: [0, 0, 0.5, 0.5], ignore: [nowhere]}]
  - {id: back, source: "rtsps://h/x", username: me, passwordFile: nope, tls: {verify: true, caFile: none.pem}}
alerts: {webhooks: [{id: hook, url: "http://h/", secretFile: none}]}
`,
  );
  const wrong = await check();
  expect(wrong.code).toBe(2);
  const lines = wrong.stderr.split('\n').filter((line) => /^ {2}line/.test(line));
  expect(lines.map((line) => /^ {2}(line \d+: [^ ]*):/.exec(line)?.[1])).toEqual([
    'line 1: server.prot',
    'line 3: groups.things[1]',
    'line 5: cameras[0].groups[1]',
    'line 8: cameras[1].only[0]',
    'line 9: cameras[1].regions[0].ignore[0]',
    'line 10: cameras[2].passwordFile',
    'line 10: cameras[2].tls.caFile',
    'line 11: alerts',
  ]);
  expect(wrong.stderr).toContain('did you mean "tabby"');
});
