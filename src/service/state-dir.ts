import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where Weir keeps what it must remember: `--state-dir`, else what systemd gives, else the user's own state. */
export function stateDirectory(asked: string | undefined, env: Environment): string {
  if (asked !== undefined) return resolve(asked);
  // systemd separates several by colons; the first is Weir's own.
  const given = env.STATE_DIRECTORY?.split(':')[0];
  if (given) return given;
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'weir');
}

/** An environment in which what is asked for is the state directory. */
export function withStateDirectory<E extends Environment>(asked: string | undefined, env: E): E & Environment {
  return asked === undefined ? env : { ...env, STATE_DIRECTORY: resolve(asked) };
}
