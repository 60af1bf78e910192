import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import ffmpegCommand from 'fluent-ffmpeg';
import type { FfmpegArguments } from './arguments.ts';
import type { Ffmpeg } from './ffmpeg.ts';

/** How an ffmpeg process came to its end. */
export interface DecodeExit {
  /** `null` when it was killed or could not be started. */
  readonly code: number | null;
  /** The last lines of its stderr, but for the verbose ones, without credentials. */
  readonly stderr: readonly string[];
}

/** A running ffmpeg. */
export interface DecodeProcess {
  /** Resolves once the process is gone and reaped and its stderr read; never rejects. */
  readonly exited: Promise<DecodeExit>;
  /** TERM, then KILL after a grace period; resolves with the end of the process. Idempotent. */
  stop(): Promise<void>;
}

const STDERR_LINES = 60;
/** A line of stderr longer than this is cut: a source decides what ffmpeg quotes. */
const MAX_LINE_LENGTH = 1000;
const GRACE_MS = 1500;

/**
 * Starts ffmpeg with its frames going to `frames` (with back-pressure) and its messages, line by line and redacted, to
 * `onLine`.
 */
export function startFfmpeg(
  ffmpeg: Ffmpeg,
  args: FfmpegArguments,
  frames: Writable,
  redact: (text: string) => string,
  onLine: (line: string) => void,
): DecodeProcess {
  const lines: string[] = [];
  const child: Child = spawn(ffmpeg.path, commandLine(args), { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<DecodeExit>((resolve) => {
    child.once('error', (error) => resolve({ code: null, stderr: [...lines, `[fatal] ${redact(error.message)}`] }));
    child.once('close', (code: number | null) => resolve({ code, stderr: lines }));
  });
  // Without descriptors left there are no pipes either; the error is told above.
  child.stdout?.on('error', () => {}).pipe(frames);
  splitLines(child.stderr, (raw) => {
    const line = redact(raw.slice(0, MAX_LINE_LENGTH));
    if (!line.includes('[verbose]') && lines.push(line) > STDERR_LINES) lines.shift();
    onLine(line);
  });

  let gone: Promise<void> | undefined;
  return {
    exited,
    stop: () => {
      gone ??= (async () => {
        child.kill('SIGTERM');
        // What is still in the pipe is nobody's: unread, it would keep the process from being reaped.
        child.stdout?.destroy();
        const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
        await exited;
        clearTimeout(timer);
      })();
      return gone;
    },
  };
}

/** Typed as if its pipes were always there; with no descriptor left they are not. */
type Child = Omit<ChildProcessByStdio<null, Readable, Readable>, 'stdout' | 'stderr'> & {
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
};

/**
 * ffmpeg's command line, put together by fluent-ffmpeg. The package is archived, and its own way to run a command throws
 * where nothing can catch it when a process cannot be started; only its assembling is used, and only here.
 */
function commandLine({ input, url, output }: FfmpegArguments): string[] {
  const command = ffmpegCommand()
    .input(url)
    .inputOptions(...input)
    .output('pipe:1')
    .outputOptions(...output);
  return (command as unknown as { _getArguments(): string[] })._getArguments();
}

function splitLines(stream: Readable | undefined, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('error', () => {});
  stream?.on('data', (text: string) => {
    const parts = (rest + text).split(/\r\n|\r|\n/);
    rest = (parts.pop() ?? '').slice(-MAX_LINE_LENGTH);
    for (const line of parts) onLine(line);
  });
  stream?.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
