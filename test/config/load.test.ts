import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { knownKeys } from '../../src/artifact/problems.ts';
import { camerasFromSources } from '../../src/config/camera.ts';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { camera, configSchema } from '../../src/config/schema.ts';
import { sourceProblem } from '../../src/config/source.ts';
import { Redactor } from '../../src/secrets.ts';
import { temporaryFolder } from '../support/clips.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const load = (text: string, env: Record<string, string> = {}, redactor = new Redactor()) =>
  parseConfig(text, { path: join(folder.path, 'weir.yaml'), env, redactor });
const problemsOf = (text: string, env = {}) =>
  load(text, env).then(
    () => 'no problem',
    (error: Error) =>
      error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim()),
  );

describe('a bad configuration', () => {
  test.each([
    ['a mistyped key', 'mdoe: cascade', ['line 1: mdoe: unknown key (did you mean "mode"?)']],
    [
      'a mistyped key of a camera',
      'cameras:\n  - id: gate\n    source: a.mp4\n    budgetms: 5',
      ['line 4: cameras[0].budgetms: unknown key (did you mean "budgetMs"?)'],
    ],
    [
      'a camera that is listed twice',
      'cameras:\n  - {id: gate, source: a.mp4}\n  - {id: yard, source: b.mp4}\n  - {id: gate, source: c.mp4}',
      ['line 4: cameras[2].id: "gate" is already the id of cameras[0]: ids must differ'],
    ],
    [
      'a camera id with capitals',
      'cameras:\n  - {id: Gate, source: a.mp4}',
      ['line 2: cameras[0].id: must be 1 to 63 characters of a-z, 0-9, "-" and "_", beginning with a letter or digit'],
    ],
    [
      'an unknown mode',
      'mode: fastest',
      ['line 1: mode: must be "hybrid", "cascade", "select" or "fixed:<rung>", e.g. "fixed:lite0@160-int8"'],
    ],
    [
      'budgets and rates that are none',
      'cameras:\n  - id: a\n    source: a.mp4\n    budgetMs: -1\n    fps: fast',
      [
        'line 4: cameras[0].budgetMs: must be at least 0 ms',
        'line 5: cameras[0].fps: must be frames per second (above 0, at most 240), or "all"',
      ],
    ],
    ['a missing source', 'cameras: [{id: a}]', ['line 1: cameras[0].source: is missing']],
    [
      'a loop of what has no end',
      'cameras:\n  - {id: a, source: "rtsp://h/x",\n     loop: true}',
      ['line 3: cameras[0].loop: is for recordings: a camera has no end and keeps its own pace'],
    ],
    [
      'a text for a switch',
      'cameras: [{id: a, source: a.mp4, loop: yes please}]',
      ['line 1: cameras[0].loop: must be true or false, not a text'],
    ],
    [
      'a crop of everything',
      'cameras:\n  - {id: a, source: a.mp4,\n     view: crop}',
      ['line 3: cameras[0].view: crop needs a region: say which part is cut out, e.g. region: [0.25, 0.5, 0.5, 0.5]'],
    ],
    [
      'a smoothing of mistyped keys and values that mean nothing',
      'cameras:\n  - id: a\n    source: a.mp4\n    smoothing:\n      halflifeSeconds: 2\n      evidence: 0\n      leastSeconds: -1\n      labels:\n        van: {least: 2}',
      [
        'line 5: cameras[0].smoothing.halflifeSeconds: unknown key (did you mean "halfLifeSeconds"?)',
        'line 6: cameras[0].smoothing.evidence: must be from 0.1 to 1000 nats of log-odds: 4.6 are a hundred to one',
        'line 7: cameras[0].smoothing.leastSeconds: must be from 0 to 86400 s',
        'line 9: cameras[0].smoothing.labels.van.least: unknown key (did you mean "leastSeconds"?)',
      ],
    ],
    [
      'a region outside the frame',
      'cameras:\n  - {id: a, source: a.mp4, region: [0.5, 0, 0.6, 1]}',
      [
        'line 2: cameras[0].region: must lie inside the frame: x + width and y + height at most 1, width and height above 0',
      ],
    ],
    [
      'an environment variable that is not set',
      'ladder: ${NO_SUCH}/ladder.json',
      ['line 1: ladder: the environment variable NO_SUCH is not set'],
    ],
    [
      'too few warm-up runs',
      'inference: {warmupRuns: 5}',
      ['line 1: inference.warmupRuns: must be at least 20: a 95th percentile of fewer runs means nothing'],
    ],
    [
      'groups that are none',
      'groups:\n  none: []\n  one: cab\n  few: [1]',
      [
        'line 2: groups.none: must name at least one label',
        'line 3: groups.one: must be a list, not a text',
        'line 4: groups.few[0]: must be a text, not a number',
      ],
    ],
    [
      'names that are none for groups',
      'groups:\n  other: [cab]\n  two wheeler: [moped]\n  Two-Wheeler: [moped]\n  "a:b": [cab]\n  two wheeler_: [moped]',
      [
        'line 2: groups.other: "other" is what all else is called: give the group another name',
        'line 4: groups.Two-Wheeler: is the same name as "two wheeler"',
        'line 5: groups.a:b: is no name of a group: 1 to 63 letters, digits, spaces, "-" and "_", beginning with a letter or digit',
        'line 6: groups.two wheeler_: is the same name as "Two-Wheeler"',
      ],
    ],
    [
      'what a camera answers, as a text, and without a name',
      'cameras:\n  - id: a\n    source: a.mp4\n    groups: vehicle\n    only: [" "]\n    ignroe: [web site]',
      [
        'line 4: cameras[0].groups: must be a list, not a text',
        'line 5: cameras[0].only[0]: must be the name of a group or label',
        'line 6: cameras[0].ignroe: unknown key (did you mean "ignore"?)',
      ],
    ],
    ['something that is no mapping', '- 1\n- 2', ['the file: must be an object with keys, not a list']],
  ])('%s', async (_name, text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  test('broken YAML is told with its line', async () => {
    const [problem] = await problemsOf('mode: cascade\ncameras: [\n');
    expect(problem).toMatch(/^line [23]: /);
  });

  test.each([
    ['a scheme that Weir does not read', 'ftp://h/x', /does not read ftp/],
    ['no host', 'rtsp:///x', /names no host/],
    ['an impossible port', 'rtsp://u:hunter22@h:99999/x', /99999 is above/],
    ['a space', 'rtsp://u:my hunter22@h/x', /holds a space/],
    ['a slash too few', 'rtsp:/u:hunter22@h/x', /lacks a slash/],
    ['a slash in its password', 'rtsp://u:hunter22/p@h/x', /%40.*passwordFile/],
    ['a slash behind digits', 'rtsp://u:1/hunter22@h/x', /%2F/],
    ['a hash that begins it', 'rtsp://u:#hunter22@h/x', /%23/],
    ['a question mark', 'http://u:hunter22?@10.0.0.5', /%3F/],
    ['every sign that must be escaped', 'rtsp://viewer:p@ss/hunter22#rd?1@127.0.0.1:9713/stream', /%40/],
    ['an @ and a slash in front of a name', 'rtsp://u:p@hunter22/p@gate', /%40/],
  ])('%s in a source is told without the source', async (_name, url, told) => {
    const problems = await problemsOf(`cameras: [{id: a, source: "${url}"}]`);
    expect(problems).toEqual([expect.stringMatching(told)]);
    expect(String(problems)).not.toContain('hunter22');
  });

  test('an operating point is taken as a number too, as over the API', async () => {
    const { cameras, operatingPoint } = await parseConfig(
      'operatingPoint: 2\ncameras: [{id: a, source: b.mp4, operatingPoint: 3}]',
      {
        ...{ path: '/x/weir.yaml', env: {}, redactor: new Redactor() },
      },
    );
    expect([operatingPoint, cameras[0]?.operatingPoint]).toEqual(['2', '3']);
    expect(await problemsOf('operatingPoint: -1')).toEqual([expect.stringMatching(/a number in the front/)]);
  });

  test.each([
    'rtsp://u:p@192.0.2.7/live@main.cgi',
    'rtsp://u:p@ss@h/x',
    'rtsp://u:p@cam:554/live@main.cgi',
    'rtsp://u:p%40ss%2Fw%23rd%3F1@h:554/x',
    'rtsp://h/live@main',
    'rtsp://h:554/live@2',
    'rtsp://u:p@h/live@2',
    'rtsp://u@h/x',
    'rtsp://u:p@[fe80::1]:554/x',
    'http://h/cgi?user=a&pwd=b@',
    'clips/a@b/c@d.mp4',
    'file:///srv/a:b/c@d.mp4',
  ])('%s is a source', (url) => {
    expect(sourceProblem(url)).toBeNull();
  });

  test.each([
    ['server: {auth: maybe}', /"auto", "tokens" or "none"/],
    ['server: {names: ["weir.example:8700"]}', /without port/],
    ['server: {origins: ["https://wall.example/page"]}', /origin/],
    ['server: {tls: {certFile: a.pem}}', /keyFile/],
  ])('%s is refused', async (text, told) => {
    expect(await problemsOf(text)).toEqual([expect.stringMatching(told)]);
  });

  test('all problems are listed together', async () => {
    const problems = await problemsOf('mdoe: x\nserver: {prot: 1}\nlog: {level: loud}');
    expect(problems.length).toBe(3);
  });

  test('has exit code 2 and a remedy', async () => {
    await expect(load('mdoe: x')).rejects.toMatchObject({
      code: 'config-invalid',
      exitCode: 2,
      remedy: expect.stringContaining('weir.example.yaml'),
    });
    await expect(
      loadConfig({ path: join(folder.path, 'none.yaml'), env: {}, redactor: new Redactor() }),
    ).rejects.toMatchObject({
      code: 'config-missing',
      exitCode: 2,
    });
  });
});

describe('secrets', () => {
  const cameraOf = async (text: string, env = {}) => (await load(`cameras:\n  - {id: a, ${text}}`, env)).cameras[0];

  test('come from the environment', async () => {
    expect((await cameraOf('source: "rtsp://u:${PW}@h/x"', { PW: 'top' }))?.source).toBe('rtsp://u:top@h/x');
    expect((await cameraOf('source: "http://h/$${x}.mjpg"'))?.source).toBe('http://h/${x}.mjpg');
    expect((await cameraOf('source: "rtsp://${U}:${PW}@h/${PW}"', { U: 'a', PW: 'p@/' }))?.source).toBe(
      'rtsp://a:p%40%2F@h/p@/',
    );
  });

  test('are known to the redactor, wherever they came from', async () => {
    await writeFile(join(folder.path, 'secret'), 'from-file\n');
    const redactor = new Redactor();
    const entries = [
      '{id: a, source: "rtsp://u:${PW}@h/x"}',
      '{id: b, source: "rtsp://u@h/x", passwordFile: secret}',
      '{id: c, source: "rtsp://u:in-url@h/x"}',
    ];
    await load(`cameras: [${entries}]`, { PW: 'from-env' }, redactor);
    expect(redactor.quote('from-env, from-file, in-url')).toBe('***, ***, ***');
  });

  test('come from a file beside the configuration, without its line end, encoded', async () => {
    await writeFile(join(folder.path, 'secret'), 'p@ss/word\n');
    const found = await cameraOf('source: "rtsp://h:554/x", username: me, passwordFile: secret');
    expect(found?.source).toBe('rtsp://me:p%40ss%2Fword@h:554/x');
    expect(found).not.toHaveProperty('passwordFile');
    expect((await cameraOf('source: "rtsp://you@h/x", passwordFile: secret'))?.source).toBe(
      'rtsp://you:p%40ss%2Fword@h/x',
    );
  });

  test.each([
    ['username: me, source: "rtsp://you:pw@h/x"', 'credentials-twice'],
    ['passwordFile: secret, source: "rtsp://you:pw@h/x"', 'credentials-twice'],
    ['passwordFile: secret, source: "rtsp://h/x"', 'credentials-without-user'],
    ['passwordFile: secret, source: a.mp4', 'credentials-without-url'],
  ])('%s: %s', async (text, code) => {
    await writeFile(join(folder.path, 'secret'), 'pw');
    await expect(cameraOf(text)).rejects.toMatchObject({ code, exitCode: 2 });
  });

  test('come from systemd, by the credential that is named', async () => {
    const entry = 'source: "rtsp://h/x", username: me, passwordCredential: gate';
    await writeFile(join(folder.path, 'gate'), 'p@ss\n');
    const given = { CREDENTIALS_DIRECTORY: folder.path };
    expect((await cameraOf(entry, given))?.source).toBe('rtsp://me:p%40ss@h/x');
    await expect(cameraOf(entry)).rejects.toMatchObject({ code: 'password-credential', exitCode: 2 });
    await expect(cameraOf(entry.replace('gate', 'yard'), given)).rejects.toMatchObject({ code: 'password-credential' });
    await expect(cameraOf(entry.replace('gate', '../gate'), given)).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(cameraOf(`${entry}, passwordFile: gate`, given)).rejects.toMatchObject({ code: 'credentials-twice' });
    const path = join(folder.path, 'weir.yaml');
    const looked = await parseConfig(`cameras: [{id: a, ${entry}}]`, {
      path,
      env: {},
      redactor: new Redactor(),
      onlyLook: true,
    });
    expect(looked.cameras[0]?.source).toBe('rtsp://me@h/x');
  });

  test('a password file that cannot be read is named', async () => {
    await expect(cameraOf('source: "rtsp://h/x", passwordFile: none')).rejects.toMatchObject({
      code: 'password-file',
      message: expect.stringContaining(join(folder.path, 'none')),
    });
  });
});

test('paths are relative to the file', async () => {
  const config = await load('ladder: ./my\ncameras: [{id: a, source: clips/a.mp4}, {id: b, source: "rtsp://h/x"}]');
  expect(config.ladder).toBe(join(folder.path, 'my'));
  expect(config.cameras.map(({ source }) => source)).toEqual([join(folder.path, 'clips/a.mp4'), 'rtsp://h/x']);
});

describe('weir.example.yaml', () => {
  const example = new URL('../../weir.example.yaml', import.meta.url);

  test('as it stands, is the defaults', async () => {
    expect(configSchema.parse(parse(await readFile(example, 'utf8')))).toEqual(configSchema.parse({}));
  });

  test('names every key, and gives each camera key its default', async () => {
    const text = await readFile(example, 'utf8');
    const shown = parse(
      text
        .replace(/^cameras: \[\]$/m, '')
        .replace(/^# (cameras:| {2}.*)$/gm, '$1')
        .replace(/# (passwordC|caFile:)/g, '$1')
        .replace(/^ {4}# (regions:| {2}- .*| {4}.*)$/gm, '    $1'),
    ) as {
      cameras: object[];
    };
    const [gate] = shown.cameras as { tls?: { caFile?: string } }[];
    const keysOf = (schema: z.ZodType): string[] =>
      knownKeys(schema, []).flatMap((key) => {
        const inner = knownKeys(schema, [key]).map((child) => `${key}.${child}`);
        return inner.length > 0 && key !== 'cameras' ? inner : [key];
      });
    const flat = (value: object): string[] =>
      Object.entries(value).flatMap(([key, item]) =>
        item !== null && typeof item === 'object' && !Array.isArray(item) && Object.keys(item).length > 0
          ? Object.keys(item).map((child) => `${key}.${child}`)
          : [key],
      );
    expect(flat(gate ?? {}).sort()).toEqual(keysOf(camera).sort());
    delete gate?.tls?.caFile; // goes with verify alone
    const [door] = (gate as { regions: object[] }).regions;
    expect(Object.keys(door ?? {}).sort()).toEqual(knownKeys(camera, ['regions', 0]).sort());
    expect(camera.parse({ id: 'gate', source: 'x', regions: [door] }).regions.length).toBe(1);
    // What has no default stands there behind a #.
    const whole = parse(
      text
        .replace(/^( *)# (rungs|path|premodel|profile|tls|timeZone|mqtt):/gm, '$1$2:')
        .replace(/^ffmpeg: \{\}$/m, 'ffmpeg:'),
    ) as object;
    expect(flat(whole).sort()).toEqual(keysOf(configSchema).sort());

    // What has a default stands there with it; the rest is an example.
    const defaults = camera.parse({ id: 'gate', source: 'x' }) as Record<string, unknown>;
    const examples = [
      'id',
      'source',
      'username',
      'passwordFile',
      'passwordCredential',
      'mode',
      'operatingPoint',
      'decoder',
      'regions',
      'v4l2',
      'heads',
    ];
    for (const [key, value] of Object.entries(gate ?? {}))
      if (!examples.includes(key)) expect({ [key]: value }).toEqual({ [key]: defaults[key] });
    expect(camera.safeParse({ ...gate, regions: [] }).success).toBe(true);
  });
});

describe('camerasFromSources', () => {
  test('takes ids, or names cameras after their files', () => {
    const ids = (sources: string[]) =>
      camerasFromSources(sources, new Redactor()).map(({ id, source }) => [id, source]);
    expect(ids(['gate=rtsp://h/x?a=b', 'clips/My Clip.mp4', 'rtsp://u:p=q@h/x', 'http://h/y'])).toEqual([
      ['gate', 'rtsp://h/x?a=b'],
      ['my-clip', 'clips/My Clip.mp4'],
      ['camera', 'rtsp://u:p=q@h/x'],
      ['camera-2', 'http://h/y'],
    ]);
  });

  test.each([
    [['Gate=a.mp4'], 'source-invalid'],
    [['gate='], 'source-invalid'],
    [['a=x.mp4', 'a=y.mp4'], 'source-duplicate'],
    [['ftp://h/x'], 'source-invalid'],
    [['rtsp:/h/x'], 'source-invalid'],
  ])('%j is an error', (sources, code) => {
    expect(() => camerasFromSources(sources, new Redactor())).toThrow(expect.objectContaining({ code, exitCode: 2 }));
  });
});
