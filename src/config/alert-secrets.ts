import { readFile } from 'node:fs/promises';
import { messageOf, usageError } from '../errors.ts';
import { type Redactor, secretsOf } from '../secrets.ts';
import type { AlertsConfig } from './alerts.ts';

const LEAST_SECRET = 16;

/**
 * Puts in place what stands in files, so that nothing behind this point handles secrets in more than one form.
 *
 * @param redactor learns every secret
 * @throws WeirError `secret-file`, `password-file`
 */
export async function withAlertSecrets(
  alerts: AlertsConfig,
  absolute: (path: string) => string,
  redactor: Pick<Redactor, 'register'>,
): Promise<AlertsConfig> {
  const webhooks = await Promise.all(
    alerts.webhooks.map(async ({ secretFile, ...webhook }) => {
      if (secretFile === undefined) return webhook;
      const what = `alerts: the secretFile of webhook ${webhook.id}`;
      const secret = await readSecret(absolute(secretFile), what, 'secret-file');
      if (secret.length >= LEAST_SECRET) return { ...webhook, secret };
      const remedy = `write one of at least ${LEAST_SECRET} characters there, as \`openssl rand -hex 32\` makes it`;
      throw usageError('secret-file', `${what} holds ${secret.length} characters`, remedy);
    }),
  );
  const { mqtt: broker, ...rest } = alerts;
  const mqtt = broker === undefined ? {} : { mqtt: await withPassword(broker, absolute) };
  const settled = { ...rest, ...mqtt, webhooks };
  const known = [settled.mqtt?.password, ...webhooks.flatMap(({ secret, url }) => [secret, ...secretsOf(url)])];
  for (const secret of known) if (secret !== undefined) redactor.register(secret);
  return settled;
}

async function withPassword(
  { passwordFile, ...broker }: NonNullable<AlertsConfig['mqtt']>,
  absolute: (path: string) => string,
): Promise<NonNullable<AlertsConfig['mqtt']>> {
  if (passwordFile === undefined) return broker;
  const password = await readSecret(absolute(passwordFile), 'alerts: the passwordFile of mqtt', 'password-file');
  return { ...broker, password };
}

async function readSecret(path: string, what: string, code: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    throw usageError(
      code,
      `${what}, ${path}, cannot be read: ${messageOf(cause)}`,
      'check the path and that the user who runs Weir may read it',
      cause,
    );
  }
}
