/** What went wrong for a person, with what to do about it. Never shown with a stack trace. */
export class WeirError extends Error {
  override readonly name = 'WeirError';
  /** Stable identifier, e.g. `model-changed`; programs may match on it. */
  readonly code: string;
  /** One sentence: what the reader can do. */
  readonly remedy: string;
  /** 1: the work failed; 2: wrong usage or configuration. */
  readonly exitCode: 1 | 2;

  constructor(
    code: string,
    message: string,
    options: { readonly remedy: string; readonly exitCode?: 1 | 2; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The message of anything thrown, for places that only log or wrap it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Wrong usage or configuration: exit code 2. */
export function usageError(code: string, message: string, remedy: string, cause?: unknown): WeirError {
  return new WeirError(code, message, { remedy, exitCode: 2, cause });
}

/**
 * Does something of which a person's mistake is told with what it is about: `camera gate: …`. It is wrong usage then.
 *
 * @throws WeirError in place of each that `work` throws, with its code and remedy; anything else as it is
 */
export function about<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof WeirError)) throw error;
    throw usageError(error.code, `${what}: ${error.message}`, error.remedy, error);
  }
}

/** The same words wherever a camera is named that there is not, and for one that whoever asks may not see: it is not told that it exists. */
export function cameraUnknown(id: string): WeirError {
  return usageError('camera-unknown', `there is no camera "${id}"`, 'GET /api/cameras lists them');
}
