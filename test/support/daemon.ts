import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { waitFor } from './processes.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface WireMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface WireLabel extends WireMessage {
  readonly camera: string;
  readonly seq: number;
  readonly stream: number;
  readonly ptsSeconds: number;
  readonly label: string;
  readonly stop: string;
  readonly audit?: { readonly label: string | null; readonly agrees: boolean };
  readonly spentMs: number;
  readonly path: readonly { readonly rung: string; readonly waitMs: number; readonly runMs: number }[];
}

/** Runs `weir` to its end. */
export async function weir(
  args: string[],
  options: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['dist/src/main.js', ...args], {
    cwd: ROOT,
    env: { ...process.env, ...options.env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr.on('data', (data) => {
    output.stderr += data;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  return { code, ...output };
}

const AS_JOURNAL = 'export JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2); exec "$0" "$@"';

/** A daemon that runs beside the test, with what it says over WebSocket. */
export class Daemon {
  readonly child: ChildProcess;
  readonly messages: WireMessage[] = [];
  stdout = '';
  stderr = '';
  address = '';
  #socket: WebSocket | undefined;
  readonly #exited: Promise<number | null>;

  /** @param asJournal its stderr is to look like systemd's journal to it */
  constructor(args: string[], env: Record<string, string> = {}, asJournal = false) {
    const command = [process.execPath, 'dist/src/main.js', 'run', ...(args.includes('--port') ? [] : ['--port', '0'])];
    const before = asJournal ? ['/bin/sh', '-c', AS_JOURNAL] : [];
    const [program = '', ...rest] = [...before, ...command, ...args];
    this.child = spawn(program, rest, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (data) => {
      this.stdout += data;
    });
    this.child.stderr?.on('data', (data) => {
      this.stderr += data;
    });
    this.#exited = once(this.child, 'close').then(([code]) => code as number | null);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get labels(): WireLabel[] {
    return this.messages.filter(({ type }) => type === 'label') as unknown as WireLabel[];
  }

  /** States of a camera in the order in which they were told, each once in a row. */
  states(camera: string): string[] {
    const told = this.messages
      .filter((message) => message.type === 'camera' && message.camera === camera)
      .map(({ state }) => String(state));
    return told.filter((state, index) => state !== told[index - 1]);
  }

  /** Subscribes to everything as soon as the daemon serves. */
  async subscribe(every: 'frame' | 'change' = 'frame'): Promise<void> {
    await waitFor(
      () =>
        /serving (http:\S+?)"?[,}\s]/.test(this.stderr) ||
        /serves (http:\S+)/.test(this.stdout) ||
        this.child.exitCode !== null,
      'the daemon to serve',
    );
    if (this.child.exitCode !== null) throw new Error(`the daemon ended: ${this.stderr}`);
    this.address =
      /serves (http:\S+)/.exec(this.stdout)?.[1] ??
      /"address":"(http:[^"]+)"/.exec(this.stderr)?.[1] ??
      /serving (http:\S+)/.exec(this.stderr)?.[1] ??
      '';
    const socket = new WebSocket(`${this.address.replace('http', 'ws')}/v1/labels`, ['weir.v1+json']);
    this.#socket = socket;
    socket.on('message', (data) => this.messages.push(JSON.parse(String(data))));
    socket.on('error', () => {});
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe', cameras: 'all', every }));
    await waitFor(() => this.messages.some(({ type }) => type === 'subscribed'), 'the subscription');
  }

  /** Subscribes anew, to less. */
  ask(fields: object): void {
    this.#socket?.send(JSON.stringify({ type: 'subscribe', cameras: 'all', every: 'frame', ...fields }));
  }

  async untilLabels(count: number, timeoutMs = 30_000): Promise<void> {
    await waitFor(
      () => this.labels.length >= count,
      `${count} labels (got ${this.labels.length}; ${this.stderr.slice(-800)})`,
      timeoutMs,
    );
  }

  /** Resolves with the exit code. */
  async exit(timeoutMs = 60_000): Promise<number | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the daemon did not end; ${this.stderr.slice(-800)}`)), timeoutMs);
    });
    return await Promise.race([this.#exited, late]).finally(() => clearTimeout(timer));
  }

  /** Sends a signal and gives the exit code and how long the end took. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; tookMs: number }> {
    const begun = performance.now();
    if (this.child.exitCode === null) this.child.kill(signal);
    const code = await this.exit(10_000);
    this.#socket?.terminate();
    return { code, tookMs: performance.now() - begun };
  }
}
