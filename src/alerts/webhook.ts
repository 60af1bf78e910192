import { createHmac } from 'node:crypto';
import { messageOf } from '../errors.ts';
import { redactUrls } from '../secrets.ts';
import type { Delivery } from './alert.ts';
import { DELIVERED, later, type Outcome, type Target } from './target.ts';

export interface WebhookSettings {
  readonly id: string;
  /** http:// or https://, with credentials if need be. */
  readonly url: string;
  /** `null`: what is sent is not signed. */
  readonly secret: string | null;
  readonly timeoutMs: number;
}

/** With these a receiver says of the alert itself that it will never take it, or of itself that it is gone for good. */
const FINAL = new Set([400, 410, 413, 415, 422]);
/** What a receiver answers that is busy. */
const BUSY = new Set([408, 425, 429]);
/** Any other status is that of a receiver, or of what stands before it, which is not set up as it should be: that takes a person. */
const SET_UP_WRONGLY_MS = 60_000;
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** Posts alerts as JSON to a URL. */
export class Webhook implements Target {
  readonly id: string;
  readonly #settings: WebhookSettings;
  readonly #unixMs: () => number;

  constructor(settings: WebhookSettings, unixMs: () => number) {
    this.id = settings.id;
    this.#settings = settings;
    this.#unixMs = unixMs;
  }

  async deliver(delivery: Delivery, stop: AbortSignal): Promise<Outcome> {
    const { url, secret, timeoutMs } = this.#settings;
    const { address, authorization } = withoutCredentials(url);
    const body = bodyOf(delivery);
    const signature = secret === null ? null : sign(body, secret, Math.floor(this.#unixMs() / 1000));
    try {
      const response = await fetch(address, {
        method: 'POST',
        body,
        headers: {
          'Content-Type': 'application/json',
          'User-Agent': 'Weir',
          'Weir-Alert-Id': delivery.alert.id,
          ...(signature === null ? {} : { 'Weir-Signature': signature }),
          ...(authorization === null ? {} : { Authorization: authorization }),
        },
        // An alert shows what a camera sees: it goes where the configuration says, and nowhere else.
        redirect: 'manual',
        signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
      });
      // What it says beyond the status is of no use, and may never end.
      await response.body?.cancel().catch(() => {});
      return outcomeOf(response.status, response.headers.get('retry-after'), this.#unixMs());
    } catch (error) {
      return later(redactUrls(reasonOf(error, timeoutMs)));
    }
  }

  async close(): Promise<void> {}
}

/** The body of a request: the alert with its snapshot as base64. */
export function bodyOf({ alert, snapshot }: Delivery): string {
  const picture = snapshot === null ? null : { type: 'image/jpeg', base64: Buffer.from(snapshot).toString('base64') };
  return JSON.stringify({ ...alert, snapshot: picture });
}

/** `t=<Unix seconds>,v1=<HMAC-SHA256 of "<t>.<body>", in hexadecimal digits>` */
export function sign(body: string, secret: string, unixSeconds: number): string {
  const digest = createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex');
  return `t=${unixSeconds},v1=${digest}`;
}

/** What a status means for an alert. */
export function outcomeOf(status: number, retryAfter: string | null, nowMs: number): Outcome {
  if (status >= 200 && status < 300) return DELIVERED;
  const reason = `it answers ${status}`;
  if (FINAL.has(status)) return { kind: 'refused', reason };
  const afterMs = retryAfterMs(retryAfter, nowMs);
  if (status >= 500 || BUSY.has(status)) return later(reason, afterMs);
  const redirects = status >= 300 && status < 400 ? ' (redirects are not followed: give the final URL)' : '';
  return later(`${reason}${redirects}`, Math.max(SET_UP_WRONGLY_MS, afterMs ?? 0));
}

/** `Retry-After` in milliseconds from now, seconds or a date; `null` where it says nothing that can be read. */
export function retryAfterMs(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - nowMs) / 1000;
  if (!Number.isFinite(seconds)) return null;
  return Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, seconds * 1000));
}

/** A URL's user and password go into a header: `fetch` refuses them in the URL. */
export function withoutCredentials(url: string): { address: string; authorization: string | null } {
  const { username, password, ...rest } = partsOf(url);
  if (username === '' && password === '') return { address: url, authorization: null };
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return { address: rest.address, authorization: `Basic ${credentials}` };
}

function partsOf(url: string): { username: string; password: string; address: string } {
  const parsed = new URL(url);
  const { username, password } = parsed;
  parsed.username = '';
  parsed.password = '';
  return { username, password, address: parsed.href };
}

/** What is behind `fetch failed`. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const { cause } = error as { cause?: unknown };
  return cause === undefined ? messageOf(error) : messageOf(cause) || String((cause as { code?: unknown }).code);
}
