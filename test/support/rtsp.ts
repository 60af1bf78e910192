import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { waitFor } from './processes.ts';

const SCRIPT = fileURLToPath(new URL('./rtsp-server.py', import.meta.url));

/** Who alone may see a stream. */
export interface Protection {
  readonly scheme: 'basic' | 'digest';
  readonly user: string;
  readonly password: string;
}

export interface ServerSettings {
  /** A free one by default. */
  readonly port?: number;
  readonly protection?: Protection | undefined;
  /** What `makeCertificate` made, as the path without its `.pem`: the stream is at rtsps:// then, and there alone. */
  readonly certificate?: string;
}

/** A real RTSP server (GStreamer's) that serves one file. */
export class RtspServer {
  readonly url: string;
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number, isEncrypted: boolean) {
    this.#child = child;
    this.port = port;
    this.url = `${isEncrypted ? 'rtsps' : 'rtsp'}://127.0.0.1:${port}/stream`;
  }

  static async start(
    path: string,
    { port: wanted, protection, certificate }: ServerSettings = {},
  ): Promise<RtspServer> {
    const port = wanted ?? (await freePort());
    const user = protection === undefined ? [] : ['--user', protection.scheme, protection.user, protection.password];
    const tls = certificate === undefined ? [] : ['--tls', `${certificate}.pem`, `${certificate}.key`];
    const child = spawn('/usr/bin/python3', [SCRIPT, path, String(port), ...user, ...tls], {
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
    return new RtspServer(child, port, certificate !== undefined);
  }

  /** The address with a user and password in it. */
  urlFor(user: string, password: string): string {
    return this.url.replace('://', `://${user}:${encodeURIComponent(password)}@`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

/** Starts RTSP servers for a file's tests; each ends with the test that started it. */
export function rtspServers(): (path: string, settings?: ServerSettings) => Promise<RtspServer> {
  const servers: RtspServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  return async (path, settings) => {
    const server = await RtspServer.start(path, settings);
    servers.push(server);
    return server;
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
