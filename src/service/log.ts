import pino from 'pino';
import pretty from 'pino-pretty';
import type { Redactor } from '../secrets.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogSettings {
  readonly level: LogLevel;
  /** `auto`: pretty on a terminal, JSON lines elsewhere. */
  readonly format: 'auto' | 'pretty' | 'json';
}

/** Structured lines on stderr; every one passes the redactor. */
export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** The only way by which Weir logs. */
export function createLogger(settings: LogSettings, redactor: Redactor): Logger {
  const usePretty = settings.format === 'pretty' || (settings.format === 'auto' && process.stderr.isTTY === true);
  const stderr = pino.destination({ fd: 2, sync: true });
  const destination = usePretty
    ? pretty({
        destination: stderr,
        colorize: process.stderr.isTTY === true,
        ignore: 'pid,hostname',
        hideObject: true, // the text says it all; the fields are for programs
        translateTime: 'SYS:HH:MM:ss.l',
      })
    : stderr;
  const write = (line: string) => void destination.write(redactor.redact(line));
  return pino({ level: settings.level, base: null }, { write });
}

/** Lets a repeated message through at most once a second per key, with the number of times that it was held back. */
export class RateLimiter {
  readonly #intervalMs: number;
  readonly #entries = new Map<string, { lastMs: number; held: number }>();

  constructor(intervalMs = 1_000) {
    this.#intervalMs = intervalMs;
  }

  /** Calls `say` with the number of earlier calls that were held back, unless the key was heard within the interval. */
  run(key: string, nowMs: number, say: (held: number) => void): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && nowMs - entry.lastMs < this.#intervalMs) {
      entry.held++;
      return;
    }
    this.#entries.set(key, { lastMs: nowMs, held: 0 });
    say(entry?.held ?? 0);
  }
}
