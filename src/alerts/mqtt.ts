import type { IClientOptions, MqttClient } from 'mqtt';
import { messageOf, usageError } from '../errors.ts';
import type { SequencedMessage } from '../protocol/messages.ts';
import { redactUrls } from '../secrets.ts';
import type { Delivery } from './alert.ts';
import type { DevicePlan } from './device-plan.ts';
import { type DiscoverySettings, discoveryOf, discoveryTopics } from './mqtt-discovery.ts';
import { CameraStates } from './mqtt-states.ts';
import { DELIVERED, later, type Outcome, type Target } from './target.ts';

export interface MqttSettings extends DiscoverySettings {
  readonly id: string;
  /** mqtt:// or mqtts://, without credentials. */
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly clientId: string;
  readonly isDiscovered: boolean;
  readonly timeoutMs: number;
  readonly reconnectMs: number;
}

export interface MqttParts {
  /** Told when the broker is lost or refuses; what it says is a word each time that it changes. */
  readonly onTrouble: (text: string) => void;
  /** `import('mqtt')`: the package is optional. */
  readonly load: () => Promise<{ connect(url: string, options: IClientOptions): MqttClient }>;
}

/** The one place where the package is loaded: when a target needs it. */
export const loadMqtt: MqttParts['load'] = () => import('mqtt');

const RETAINED = { qos: 1, retain: true } as const;
/** What is under way when the daemon ends has so long. */
const END_MS = 500;

/** @throws WeirError `mqtt-missing` */
export async function requireMqtt(id: string, load: MqttParts['load']): ReturnType<MqttParts['load']> {
  return await load().catch((cause: unknown) => {
    throw usageError(
      'mqtt-missing',
      `alerts to ${id} need the package mqtt, which is not installed`,
      'install it beside Weir (`npm install mqtt`), or take the target out of the configuration',
      cause,
    );
  });
}

/** @throws WeirError `mqtt-missing` */
export async function openMqtt(settings: MqttSettings, parts: MqttParts): Promise<MqttTarget> {
  const { connect } = await requireMqtt(settings.id, parts.load);
  const { base, username, password, clientId, timeoutMs, reconnectMs } = settings;
  const client = connect(settings.url, {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    clientId,
    clean: true,
    protocolVersion: 5, // only here does a broker say that it does not let something through
    connectTimeout: timeoutMs,
    reconnectPeriod: reconnectMs,
    reconnectOnConnackError: true,
    resubscribe: false,
    queueQoSZero: false,
    will: { topic: `${base}/status`, payload: Buffer.from('offline'), qos: 1, retain: true },
  });
  return new MqttTarget(settings, parts, client);
}

/** Publishes alerts, what holds of each camera, and for Home Assistant what there is to see. */
export class MqttTarget implements Target {
  readonly id: string;
  readonly #settings: MqttSettings;
  readonly #client: MqttClient;
  readonly #onTrouble: (text: string) => void;
  readonly #states = new CameraStates();
  /** Broken off when the connection is. */
  #connection = new AbortController();
  #wake: () => void = () => {};
  #plan: DevicePlan | null = null;
  #planText = '';
  #discovery: ReadonlyMap<string, string> = new Map();
  #trouble = '';

  constructor(settings: MqttSettings, { onTrouble }: Pick<MqttParts, 'onTrouble'>, client: MqttClient) {
    this.id = settings.id;
    this.#settings = settings;
    this.#client = client;
    this.#onTrouble = onTrouble;
    client.on('connect', () => this.#connected());
    client.on('error', (error) => this.#tell(messageOf(error) || String((error as { code?: unknown }).code)));
    client.on('close', () => this.#connection.abort());
    client.on('message', (topic, payload) => this.#heard(topic, payload));
  }

  get isConnected(): boolean {
    return this.#client.connected;
  }

  onReady(wake: () => void): void {
    this.#wake = wake;
  }

  async deliver({ alert, snapshot }: Delivery, stop: AbortSignal): Promise<Outcome> {
    if (!this.#client.connected) return later(this.#trouble || 'the broker is not connected');
    const topic = `${this.#settings.base}/${alert.camera}`;
    const lost = AbortSignal.any([stop, this.#connection.signal, AbortSignal.timeout(this.#settings.timeoutMs)]);
    try {
      // The picture first: whoever hears of the alert finds it there.
      if (snapshot !== null) {
        await unlessLost(this.#client.publishAsync(`${topic}/snapshot`, Buffer.from(snapshot), RETAINED), lost);
      }
      const told = { ...alert, snapshotTopic: snapshot === null ? null : `${topic}/snapshot` };
      await unlessLost(this.#client.publishAsync(`${topic}/alert`, JSON.stringify(told), { qos: 1 }), lost);
      return DELIVERED;
    } catch (error) {
      return later(redactUrls(messageOf(error)));
    }
  }

  observe(message: SequencedMessage): void {
    if (this.#states.observe(message)) this.#publishState(message.camera);
  }

  holding(rule: string, camera: string, holds: boolean): void {
    this.#states.holding(rule, camera, holds);
    this.#publishState(camera);
  }

  setup(plan: DevicePlan): void {
    const text = JSON.stringify(plan);
    if (text === this.#planText) return;
    const before = this.#plan?.rules ?? plan.rules;
    this.#planText = text;
    this.#plan = plan;
    const same = plan.rules.filter((rule) => before.some(({ fingerprint }) => fingerprint === rule.fingerprint));
    const rules = new Set(same.map(({ id }) => id));
    for (const { id, questions } of plan.cameras) {
      this.#states.keep(id, new Set(questions.map((question) => question.id)), rules);
    }
    for (const camera of this.#states.cameras) {
      if (!plan.cameras.some(({ id }) => id === camera)) this.#forget(camera);
    }
    const gone = this.#discovery;
    this.#discovery = this.#settings.isDiscovered ? discoveryOf(plan, this.#settings) : new Map();
    for (const topic of gone.keys()) if (!this.#discovery.has(topic)) this.#publish(topic, '');
    this.#publishAll();
  }

  async close(): Promise<void> {
    if (this.#client.connected) {
      const late = AbortSignal.any([this.#connection.signal, AbortSignal.timeout(END_MS)]);
      const offline = this.#client.publishAsync(`${this.#settings.base}/status`, 'offline', RETAINED);
      await unlessLost(offline, late).catch(() => {});
      await unlessLost(this.#client.endAsync(), AbortSignal.timeout(END_MS)).catch(() => {});
    }
    await this.#client.endAsync(true).catch(() => {});
  }

  #connected(): void {
    this.#connection = new AbortController();
    this.#trouble = '';
    const { base, prefix, isDiscovered } = this.#settings;
    this.#publish(`${base}/status`, 'online');
    if (isDiscovered) {
      this.#client.subscribe([`${prefix}/status`, discoveryTopics(this.#settings)], { qos: 1 }, (error) => {
        if (error) this.#tell(`it lets nothing be subscribed: ${messageOf(error)}`);
      });
    }
    this.#publishAll();
    this.#wake();
  }

  #heard(topic: string, payload: Buffer): void {
    if (topic === `${this.#settings.prefix}/status`) {
      if (payload.toString() === 'online') this.#publishAll();
      return;
    }
    // A camera or rule that went while Weir was not there.
    if (this.#plan === null || payload.length === 0 || this.#discovery.has(topic)) return;
    this.#publish(topic, '');
    const camera = /\/([^/]+)-state\/config$/.exec(topic)?.[1];
    if (camera !== undefined && !this.#plan.cameras.some(({ id }) => id === camera)) this.#forget(camera);
  }

  #publishAll(): void {
    if (this.#plan === null) return;
    for (const [topic, text] of this.#discovery) this.#publish(topic, text);
    for (const { id } of this.#plan.cameras) this.#publishState(id);
  }

  #publishState(camera: string): void {
    if (this.#plan?.cameras.some(({ id }) => id === camera) !== true) return;
    this.#publish(`${this.#settings.base}/${camera}/state`, this.#states.textOf(camera));
  }

  #forget(camera: string): void {
    this.#states.forget(camera);
    for (const topic of ['state', 'snapshot']) this.#publish(`${this.#settings.base}/${camera}/${topic}`, '');
  }

  /** What holds now; without a connection it is told when there is one. */
  #publish(topic: string, text: string): void {
    if (!this.#client.connected) return;
    this.#client.publish(topic, text, RETAINED, (error) => {
      if (error && !this.#connection.signal.aborted) this.#tell(`it refuses ${topic}: ${messageOf(error)}`);
    });
  }

  #tell(text: string): void {
    const clean = redactUrls(text);
    if (clean === this.#trouble) return;
    this.#trouble = clean;
    this.#onTrouble(clean);
  }
}

/** What a broker does not answer while it is connected is to be sent again. */
async function unlessLost<T>(work: Promise<T>, lost: AbortSignal): Promise<T> {
  let give: () => void = () => {};
  const broken = new Promise<never>((_, reject) => {
    give = () => reject(new Error('the connection broke off, or the broker does not answer'));
    if (lost.aborted) give();
    lost.addEventListener('abort', give, { once: true });
  });
  work.catch(() => {}); // it may fail when nobody waits for it any more
  return await Promise.race([work, broken]).finally(() => lost.removeEventListener('abort', give));
}
