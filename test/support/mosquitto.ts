import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { MOSQUITTO } from './parts.ts';
import { waitFor } from './processes.ts';

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** A broker of the test's own, which may be stopped and started again. */
export class Broker {
  readonly url: string;
  readonly #port: number;
  readonly #remembers: boolean;
  #folder: string | null = null;
  #child: ChildProcess | null = null;

  /** @param remembers sessions and what is retained also after an end */
  constructor(port: number, remembers = false) {
    this.#port = port;
    this.#remembers = remembers;
    this.url = `mqtt://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    this.#folder ??= await mkdtemp(join(tmpdir(), 'weir-mosquitto-'));
    const file = join(this.#folder, 'mosquitto.conf');
    const memory = this.#remembers ? `persistence true\npersistence_location ${this.#folder}/` : 'persistence false';
    // As root it would become a user who may not write there.
    const user = userInfo().username;
    await writeFile(file, `listener ${this.#port} 127.0.0.1\nallow_anonymous true\nuser ${user}\n${memory}\n`);
    const child = spawn(MOSQUITTO.path, ['-c', file, '-v'], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    let words = '';
    child.stderr.on('data', (data) => {
      words += data;
    });
    await waitFor(() => /running/.test(words), 'Mosquitto to run');
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  }
}

export interface Heard {
  readonly topic: string;
  readonly text: string;
  readonly retained: boolean;
}

/** A subscriber to everything. */
export class Listener {
  readonly heard: Heard[] = [];
  readonly client: MqttClient;

  private constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (topic, payload, { retain }) => {
      this.heard.push({ topic, text: payload.toString(), retained: retain });
    });
  }

  static async start(url: string, session: IClientOptions = {}): Promise<Listener> {
    const listener = new Listener(await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 50, ...session }));
    await listener.client.subscribeAsync('#', { qos: 1 });
    return listener;
  }

  /** Texts of a topic, in order. */
  texts(topic: string): string[] {
    return this.heard.filter((heard) => heard.topic === topic).map(({ text }) => text);
  }

  async stop(): Promise<void> {
    await this.client.endAsync(true);
  }
}
