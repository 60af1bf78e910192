import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { waitFor } from './processes.ts';

const SCRIPT = fileURLToPath(new URL('./rtsp-server.py', import.meta.url));

/** Who alone may see a stream. */
export interface Protection {
  readonly scheme: 'basic' | 'digest';
  readonly user: string;
  readonly password: string;
}

/** A real RTSP server (GStreamer's) that serves one file. */
export class RtspServer {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `rtsp://127.0.0.1:${port}/stream`;
  }

  static async start(path: string, port: number, protection?: Protection): Promise<RtspServer> {
    const who = protection === undefined ? [] : [protection.scheme, protection.user, protection.password];
    const child = spawn('/usr/bin/python3', [SCRIPT, path, String(port), ...who], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    await waitFor(() => output.includes('ready') || child.exitCode !== null, 'the RTSP server', 20_000);
    if (child.exitCode !== null) throw new Error(`the RTSP server ended: ${output}`);
    return new RtspServer(child, port);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
