import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import pretty from 'pino-pretty';
import type { Redactor } from '../secrets.ts';
import { isJournal, journalEntry, journalText } from './journal.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogSettings {
  readonly level: LogLevel;
  /** `auto`: pretty on a terminal, sentences with priorities in systemd's journal, JSON lines elsewhere. */
  readonly format: 'auto' | 'pretty' | 'json';
}

/** Structured lines on stderr, without credentials. */
export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
  setLevel(level: LogLevel): void;
  /** Resolves when everything is written, or after a moment if nobody reads it. */
  flush(): Promise<void>;
}

/** Lines that wait for a reader of stderr, in bytes; more are dropped. */
const MAX_WAITING_BYTES = 1 << 20;
const FLUSH_MS = 500;

/** The only way by which Weir logs. Texts pass the redactor before they are put together: keys and numbers stay whole. */
export function createLogger(settings: LogSettings, redactor: Redactor): Logger {
  const usePretty = settings.format === 'pretty' || (settings.format === 'auto' && process.stderr.isTTY === true);
  // Asynchronous: a reader that pauses must not stop the daemon.
  const stderr = pino.destination({ fd: 2, sync: false, maxLength: MAX_WAITING_BYTES });
  stderr.on('error', () => {}); // nobody reads it any more
  const destination = usePretty
    ? pretty({
        destination: stderr,
        colorize: process.stderr.isTTY === true,
        ignore: 'pid,hostname',
        hideObject: true, // the text says it all; the fields are for programs
        translateTime: 'SYS:HH:MM:ss.l',
      })
    : isJournal(process.env, 2)
      ? journalDestination(stderr, settings.format === 'json')
      : stderr;
  const logger = pino({ level: settings.level, base: null }, destination);
  const at = (level: LogLevel) => (fields: object, text: string) =>
    logger[level](redactor.redactDeep(fields), redactor.redact(text));
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    setLevel: (level) => {
      logger.level = level;
    },
    flush: async () => {
      await Promise.race([new Promise<void>((resolve) => stderr.flush(() => resolve())), sleep(FLUSH_MS)]);
    },
  };
}

/** Puts the priority in front of every line: the journal takes it off again and keeps it. */
function journalDestination(stderr: pino.DestinationStream, asJson: boolean): pino.DestinationStream {
  return {
    write(line: string) {
      const { level, time, msg, ...fields } = JSON.parse(line) as { level: number; time: number; msg: string };
      const name = (pino.levels.labels[level] ?? 'info') as LogLevel;
      stderr.write(asJson ? journalText(name, line) : journalEntry(name, msg, fields));
    },
  };
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
