import { type RequestOptions, request } from 'node:http';
import { request as requestTls } from 'node:https';

interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Whom to trust in place of the system's authorities, as PEM. */
  readonly ca: string | null;
  readonly stop: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** One HTTP request. (`fetch` can be told of no further authorities.) Redirects are answers like others: a token must not follow one. */
export function ask(url: string, { method, headers, body, ca, stop }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const options: RequestOptions = { method, headers: { ...headers, ...length }, signal: stop };
    const isTls = url.startsWith('https:');
    const sent = isTls ? requestTls(url, ca === null ? options : { ...options, ca }) : request(url, options);
    sent.once('error', reject);
    sent.once('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }));
    });
    sent.end(body);
  });
}
