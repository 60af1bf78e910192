import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import ffmpegCommand from 'fluent-ffmpeg';
import type { FfmpegArguments } from './arguments.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { ffmpegEnvironment } from './proxy.ts';

/** How an ffmpeg process came to its end. */
export interface DecodeExit {
  /** `null` when it was killed or could not be started. */
  readonly code: number | null;
  /** The last lines of its stderr, but for the verbose ones, as it wrote them: they may hold credentials. */
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
 * Starts ffmpeg with its frames going to `frames` (with back-pressure), its pictures, where it makes some, to `onPictures`
 * (without: unread, they would hold the frames up), and its messages, line by line and as it wrote them, to `onLine`.
 */
export function startFfmpeg(
  ffmpeg: Ffmpeg,
  args: FfmpegArguments,
  frames: Writable,
  onLine: (line: string) => void,
  onPictures: (bytes: Uint8Array) => void = () => {},
): DecodeProcess {
  const lines: string[] = [];
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...(args.pictures === null ? [] : ['pipe' as const])];
  const child: Child = spawn(ffmpeg.path, commandLine(args), {
    stdio,
    env: ffmpegEnvironment(args.input, process.env),
  });
  const pictures = child.stdio?.[PICTURES] as Readable | null | undefined;
  const exited = new Promise<DecodeExit>((resolve) => {
    child.once('error', (error) => resolve({ code: null, stderr: [...lines, `[fatal] ${error.message}`] }));
    child.once('close', (code: number | null) => resolve({ code, stderr: lines }));
  });
  // Without descriptors left there are no pipes either; the error is told above.
  child.stdout?.on('error', () => {}).pipe(frames);
  pictures?.on('error', () => {}).on('data', onPictures);
  splitLines(child.stderr, (raw) => {
    const line = raw.slice(0, MAX_LINE_LENGTH);
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
        pictures?.destroy();
        const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
        await exited;
        clearTimeout(timer);
      })();
      return gone;
    },
  };
}

/** The descriptor to which ffmpeg writes pictures. */
const PICTURES = 3;

/** Typed as if its pipes were always there; with no descriptor left they are not. */
type Child = Omit<ChildProcess, 'stdout' | 'stderr' | 'stdio'> & {
  readonly stdout: Readable | null | undefined;
  readonly stderr: Readable | null | undefined;
  readonly stdio: ChildProcess['stdio'] | undefined;
};

/**
 * ffmpeg's command line, put together by fluent-ffmpeg. The package is archived, and its own way to run a command throws
 * where nothing can catch it when a process cannot be started; only its assembling is used, and only here.
 */
function commandLine({ input, url, output, pictures }: FfmpegArguments): string[] {
  const command = ffmpegCommand()
    .input(url)
    .inputOptions(...input)
    .output('pipe:1')
    .outputOptions(...output);
  if (pictures !== null) command.output(`pipe:${PICTURES}`).outputOptions(...pictures);
  return (command as unknown as { _getArguments(): string[] })._getArguments();
}

function splitLines(stream: Readable | null | undefined, onLine: (line: string) => void): void {
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
