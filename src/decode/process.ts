import type { Readable, Writable } from 'node:stream';
import ffmpegCommand from 'fluent-ffmpeg';
import type { FfmpegArguments } from './arguments.ts';
import type { Ffmpeg } from './ffmpeg.ts';

/** How an ffmpeg process came to its end. */
export interface DecodeExit {
  /** `null` when it was killed or could not be started. */
  readonly code: number | null;
  /** The last lines of its stderr, but for the verbose ones. */
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
const GRACE_MS = 1500;

/**
 * Starts ffmpeg with its frames going to `frames` (with back-pressure) and its messages, line by line, to `onLine`.
 *
 * fluent-ffmpeg is archived: only its process handling is used, and only here. Its child is not part of its typed
 * interface but needed to know when the process is really gone.
 */
export function startFfmpeg(
  ffmpeg: Ffmpeg,
  args: FfmpegArguments,
  frames: Writable,
  onLine: (line: string) => void,
): DecodeProcess {
  const lines: string[] = [];
  const command = ffmpegCommand({ stdoutLines: STDERR_LINES })
    .setFfmpegPath(ffmpeg.path)
    .input(args.url)
    .inputOptions(...args.input)
    .outputOptions(...args.output)
    .output(frames);

  let stopping = false;
  let started = false;
  let child: ChildLike | undefined;
  const end = () => {
    child?.kill('SIGTERM');
    // What is still in the pipe is nobody's: unread, it would keep the process from being reaped.
    child?.stdout.destroy();
  };
  const exited = new Promise<DecodeExit>((resolve) => {
    command.on('stderr', (line: string) => {
      if (!line.includes('[verbose]') && lines.push(line) > STDERR_LINES) lines.shift();
      onLine(line);
    });
    command.on('start', () => {
      started = true;
      child = (command as unknown as { ffmpegProc?: ChildLike }).ffmpegProc;
      child?.once('close', (code: number | null) => resolve({ code, stderr: lines }));
      if (stopping) end();
    });
    command.on('error', (error: Error) => {
      // Once it runs, its own end is what counts; fluent-ffmpeg also reports a closed output here.
      if (!started) resolve({ code: null, stderr: [...lines, error.message] });
    });
  });
  command.run();

  let gone: Promise<void> | undefined;
  return {
    exited,
    stop: () => {
      gone ??= (async () => {
        stopping = true;
        end();
        const timer = setTimeout(() => child?.kill('SIGKILL'), GRACE_MS);
        await exited;
        clearTimeout(timer);
      })();
      return gone;
    },
  };
}

interface ChildLike {
  readonly stdout: Readable;
  kill(signal: NodeJS.Signals): boolean;
  once(event: 'close', listener: (code: number | null) => void): unknown;
}
