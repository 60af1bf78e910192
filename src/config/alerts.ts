import { hostname } from 'node:os';
import { z } from 'zod';
import { parseWhen } from '../alerts/parse-when.ts';
import { isTimeZone } from '../alerts/time-of-day.ts';
import { WhenError } from '../alerts/when.ts';
import { suggestion } from '../artifact/problems.ts';
import { milliseconds } from './look.ts';

/** Targets that are not webhooks are called so. */
export const MQTT = 'mqtt';
export const LOG = 'log';

const ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const id = z.string().regex(ID, 'must be 1 to 63 of a-z, 0-9, "-" and "_", beginning with a letter or digit');
const hours = (most: number) => {
  const message = `must be a number of hours above 0, at most ${most}`;
  return z.number(message).gt(0, message).max(most, message);
};

const rule = z.strictObject({
  id,
  when: z.string().superRefine((text, context) => {
    try {
      parseWhen(text);
    } catch (error) {
      if (!(error instanceof WhenError)) throw error;
      context.addIssue({ code: 'custom', message: `at character ${error.position}: ${error.message}` });
    }
  }),
  to: z.array(z.string()).min(1, 'must name at least one target, or be left out: then it goes to all').optional(),
  repeatMinutes: z.number().gt(0, 'must be minutes above 0').max(10_080, 'must be at most 10080 minutes').optional(),
});

const webhook = z.strictObject({
  id,
  url: z.string().refine(isHttpUrl, 'must be an http:// or https:// URL'),
  secret: z.string().min(16, 'must have at least 16 characters').optional(),
  secretFile: z.string().min(1).optional(),
  timeoutMs: milliseconds(100, 120_000).default(10_000),
});

/** A level of a topic, without what means something there. */
const level = z.string().regex(/^[^+#\s\0]+$/, 'must be a topic without "+", "#" and spaces');

const mqtt = z.strictObject({
  url: z
    .string()
    .regex(
      /^mqtts?:\/\/[^/?#@\s]+\/?$/i,
      'must be mqtt://HOST[:PORT] or mqtts://HOST[:PORT]; credentials stand in username and passwordFile',
    ),
  username: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
  passwordFile: z.string().min(1).optional(),
  node: z
    .string()
    .regex(/^[^/+#\s\0]+$/, 'must be a name without "/", "+", "#" and spaces')
    .default(() => hostname().replace(/[/+#\s\0]/g, '-')),
  topic: level.default('weir'),
  discovery: level.default('homeassistant'),
});

/** What is told whom when; docs/alerts.md. */
export const alerts = z
  .strictObject({
    timeZone: z
      .string()
      .refine(isTimeZone, 'must be the name of a time zone, e.g. "Europe/Vienna" or "UTC"')
      .optional(),
    rules: z.array(rule).max(1000).default([]),
    webhooks: z.array(webhook).max(64).default([]),
    mqtt: mqtt.optional(),
    log: z.boolean().default(true),
    maxWaiting: z.int().min(1).max(100_000).default(1_000),
    maxMegabytes: z.int().min(1).max(100_000).default(100),
    giveUpAfterHours: hours(8_760).default(72),
  })
  .superRefine((given, context) => {
    for (const problem of problemsOf(given)) context.addIssue({ code: 'custom', ...problem });
  });

export type AlertsConfig = z.infer<typeof alerts>;

/** Names of the places to which rules may send. */
export function targetsOf(given: Pick<AlertsConfig, 'webhooks' | 'mqtt' | 'log'>): string[] {
  const { webhooks, mqtt: broker, log } = given;
  return [
    ...webhooks.map((hook) => hook.id),
    ...(broker === undefined ? [] : [MQTT]),
    ...(log || isNowhere(given) ? [LOG] : []),
  ];
}

/** Rules say something in any case. */
function isNowhere({ webhooks, mqtt: broker }: Pick<AlertsConfig, 'webhooks' | 'mqtt'>): boolean {
  return webhooks.length === 0 && broker === undefined;
}

interface Found {
  readonly path: (string | number)[];
  readonly message: string;
}

function problemsOf(given: AlertsConfig): Found[] {
  const { timeZone, rules, webhooks, mqtt: broker } = given;
  const targets = targetsOf(given);
  const found: Found[] = [...twice(rules, 'rules'), ...twice(webhooks, 'webhooks')];
  rules.forEach(({ when, to = [] }, at) => {
    if (timeZone === undefined && hasHours(when)) {
      const message = 'it has hours or weekdays: say in which time zone with alerts.timeZone, e.g. "Europe/Vienna"';
      found.push({ path: ['rules', at, 'when'], message });
    }
    to.forEach((target, index) => {
      if (targets.includes(target)) return;
      const message = `there is no target "${target}"${suggestion(target, targets)}`;
      found.push({ path: ['rules', at, 'to', index], message });
    });
  });
  webhooks.forEach(({ id: name, secret, secretFile }, at) => {
    if (name === MQTT || name === LOG) {
      found.push({ path: ['webhooks', at, 'id'], message: `"${name}" is what another target is called` });
    }
    if (secret !== undefined && secretFile !== undefined) {
      found.push({ path: ['webhooks', at, 'secretFile'], message: 'there is a secret already: keep one of them' });
    }
  });
  if (broker?.password !== undefined && broker.passwordFile !== undefined) {
    found.push({ path: ['mqtt', 'passwordFile'], message: 'there is a password already: keep one of them' });
  }
  if ((broker?.password ?? broker?.passwordFile) !== undefined && broker?.username === undefined) {
    found.push({ path: ['mqtt'], message: 'a password without a user: set username' });
  }
  return found;
}

/** What cannot be read is told already. */
function hasHours(text: string): boolean {
  try {
    const { between, weekdays } = parseWhen(text);
    return between !== null || weekdays !== null;
  } catch {
    return false;
  }
}

function twice(entries: readonly { readonly id: string }[], key: string): Found[] {
  return entries.flatMap(({ id: name }, at) => {
    const first = entries.findIndex((entry) => entry.id === name);
    if (first === at) return [];
    return [{ path: [key, at, 'id'], message: `"${name}" is already the id of ${key}[${first}]: ids must differ` }];
  });
}

function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text)) return false;
  return URL.canParse(text);
}
