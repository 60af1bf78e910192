import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { findFfmpeg, videoDecoders } from '../decode/ffmpeg.ts';
import { openDevice } from '../device/open.ts';
import { messageOf, WeirError } from '../errors.ts';
import { imageLibraryVersion } from '../image/file.ts';
import { checkModels, ladderPath, readLadder } from '../infer/ladder.ts';
import { RungRunner } from '../infer/rung-runner.ts';
import { knownProviders, runtimeVersion } from '../infer/runtime.ts';
import { Redactor } from '../secrets.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { stateDirectory } from '../service/state-dir.ts';
import type { ClockState } from '../types.ts';
import { type Check, checkAccess } from './doctor-access.ts';
import { planEngine } from './engine.ts';
import { askedParts, settleCameras } from './settled.ts';
import { print } from './shell.ts';

export interface DoctorOptions {
  readonly config?: string;
  readonly ladder?: string;
  readonly host?: string;
  readonly port?: number;
  readonly json?: boolean;
}

/** `weir.doctor/1` */
interface DoctorReport {
  readonly schema: 'weir.doctor/1';
  readonly clock: ClockState & { readonly reasons: readonly string[] };
  readonly checks: readonly Check[];
}

const WANTED_DECODERS = ['h264', 'hevc', 'mpeg4', 'mjpeg'];
const OLDEST_NODE = [20, 9] as const;

/** Looks at everything that Weir needs, and says what to do about what is missing. @returns 1 if something is */
export async function doctor(options: DoctorOptions): Promise<number> {
  const config = await loadConfig({
    path: options.config ?? null,
    env: process.env,
    redactor: new Redactor(),
    onlyLook: true,
  });
  const { host = config.server.host, port = config.server.port, ladder = config.ladder } = options;
  const checks = (
    await Promise.all([
      checkNode(),
      checkFfmpeg(config.ffmpeg.path ?? null),
      checkRuntime(),
      checkLadder(ladder, config),
      checkCameras(ladder, config),
      checkPort(host, port),
      checkAccess({ ...config.server, host }, stateDirectory(undefined, process.env)),
      checkVideoDevices(),
    ])
  ).flat();
  const { clock, check } = await checkClocks();
  const report: DoctorReport = {
    schema: 'weir.doctor/1',
    clock,
    checks: [...checks, check],
  };
  if (options.json) print(JSON.stringify(report, null, 2));
  else printReport(report);
  return checks.every(({ ok }) => ok) ? 0 : 1;
}

function printReport({ clock, checks }: DoctorReport): void {
  for (const { id, ok, message, remedy } of checks) {
    const mark = id === 'clocks' && clock.state !== 'pinned' ? '·' : ok ? '✓' : '✗';
    print(`${mark} ${id.padEnd(10)} ${message}${remedy === undefined ? '' : `\n             → ${remedy}`}`);
  }
}

/** Clocks that are not pinned are no fault: times are told with their state. What would pin them is said. */
async function checkClocks(): Promise<{ clock: DoctorReport['clock']; check: Check }> {
  const device = await openDevice({ clock: SYSTEM_CLOCK });
  device.stop();
  const { clock, reasons, powerMode } = device.reading;
  const mode = powerMode === null ? '' : `, ${powerMode}`;
  const energy = device.energyMillijoules === null ? 'no energy counter can be read' : 'energy is read';
  const message = `${clock.state} (${device.name}${mode}): ${reasons.join('; ')}; ${energy}`;
  const found = { id: 'clocks', ok: true, message };
  return {
    clock: { ...clock, reasons },
    check:
      clock.state === 'pinned'
        ? found
        : {
            ...found,
            remedy: `${device.advice}; Weir works all the same, and tells with every figure that they are not`,
          },
  };
}

async function checkNode(): Promise<Check> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const message = `Node ${process.version} on ${process.platform}-${process.arch}, ${imageLibraryVersion()}`;
  return ok ? { id: 'node', ok, message } : { id: 'node', ok, message, remedy: 'install Node 20.9 or newer' };
}

async function checkFfmpeg(configured: string | null): Promise<Check[]> {
  try {
    const ffmpeg = await findFfmpeg(configured);
    const found: Check = {
      id: 'ffmpeg',
      ok: true,
      message: `${ffmpeg.version} at ${ffmpeg.path}${ffmpeg.bundled ? ' (bundled)' : ''}`,
    };
    const decoders = await videoDecoders(ffmpeg);
    const missing = WANTED_DECODERS.filter((name) => !decoders.includes(name));
    if (missing.length === 0) return [found, { id: 'decoders', ok: true, message: WANTED_DECODERS.join(', ') }];
    const remedy = 'install a full ffmpeg, or name one with WEIR_FFMPEG';
    return [found, { id: 'decoders', ok: false, message: `this ffmpeg cannot decode ${missing.join(', ')}`, remedy }];
  } catch (error) {
    return [failed('ffmpeg', error)];
  }
}

async function checkRuntime(): Promise<Check> {
  const message = `ONNX Runtime ${runtimeVersion()}, execution providers it knows: ${knownProviders().join(', ')}`;
  return { id: 'runtime', ok: true, message };
}

async function checkLadder(setting: string, config: Config): Promise<Check> {
  try {
    const path = ladderPath(setting);
    const ladder = await readLadder(path);
    await checkModels(ladder.rungs);
    const session = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };
    await RungRunner.load(ladder.rungs, ladder.labels.length, session, performance.now);
    const plan = await planEngine({
      ladder: setting,
      premodel: config.premodel ?? null,
      rungs: config.rungs ?? null,
      uses: [{ mode: { kind: 'hybrid' }, operatingPoint: null }],
    });
    return {
      id: 'ladder',
      ok: true,
      message: `${ladder.name}: ${ladder.rungs.length} rungs, ${ladder.labels.length} labels, reference ${ladder.reference}; ${plan.premodel === null ? 'no premodel' : 'premodel of'} ${plan.subset.join(', ')}`,
    };
  } catch (error) {
    return failed('ladder', error);
  }
}

/** What cameras were taught, and their groups; nothing where there is neither. */
async function checkCameras(setting: string, config: Config): Promise<Check[]> {
  try {
    const ladder = await readLadder(ladderPath(setting));
    const cameras = await settleCameras({ ...config, ladder: setting }, { ladder, env: process.env });
    return cameras.flatMap(askedParts).flatMap(({ id, taught, headsProblem }) => {
      const check = { id: 'heads', ok: headsProblem === null };
      if (headsProblem !== null) return { ...check, message: `camera ${id}: ${headsProblem}` };
      if (taught === null) return [];
      const names = taught.heads.questions.map((question) => question.id).join(', ');
      return { ...check, message: `camera ${id} is asked ${names} by ${taught.path}` };
    });
  } catch (error) {
    return [failed('cameras', error)];
  }
}

async function checkPort(host: string, port: number): Promise<Check> {
  if (await isWeir(host, port)) return { id: 'port', ok: true, message: `${host}:${port} is served by a running Weir` };
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) =>
      resolve({
        id: 'port',
        ok: false,
        message: `${host}:${port} cannot be served on: ${error.message}`,
        remedy: 'stop the program that uses it, or choose another port',
      }),
    );
    server.listen(port, host, () =>
      server.close(() => resolve({ id: 'port', ok: true, message: `${host}:${port} is free` })),
    );
  });
}

async function isWeir(host: string, port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${port}/healthz`, {
      signal: AbortSignal.timeout(1_000),
    });
    return ((await response.json()) as { status?: unknown }).status === 'ok';
  } catch {
    return false;
  }
}

/** Local cameras belong to the group `video`. */
async function checkVideoDevices(): Promise<Check[]> {
  const checks: Check[] = [];
  for (let n = 0; n < 64; n++) {
    const device = `/dev/video${n}`;
    if (!(await isThere(device, constants.F_OK))) continue;
    const ok = await isThere(device, constants.R_OK | constants.W_OK);
    const message = ok ? `${device} may be opened` : `${device} may not be opened by this user`;
    checks.push(
      ok ? { id: device, ok, message } : { id: device, ok, message, remedy: 'add the user to the group `video`' },
    );
  }
  return checks;
}

async function isThere(path: string, mode: number): Promise<boolean> {
  return await access(path, mode).then(
    () => true,
    () => false,
  );
}

function failed(id: string, error: unknown): Check {
  const remedy = error instanceof WeirError ? error.remedy : 'see the message';
  return { id, ok: false, message: messageOf(error), remedy };
}
