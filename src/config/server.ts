import { z } from 'zod';

const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i, 'must be a name without port, e.g. "weir.example.org"')
  .transform((name) => name.toLowerCase());

const origin = z.string().regex(/^https?:\/\/[^/?#@\s]+$/i, 'must be an origin, e.g. "https://wall.example.org:8443"');

const tls = z.strictObject({
  /** PEM, with the certificates between it and the root behind it. */
  certFile: z.string().min(1),
  keyFile: z.string().min(1),
});

const limits = z.strictObject({
  connections: z.int().min(1).max(65_535).default(2_000),
  connectionsPerAddress: z.int().min(1).max(65_535).default(2_000),
  requestsInFlight: z.int().min(1).max(10_000).default(200),
});

/** Where the daemon serves, and whom. */
export const server = z.strictObject({
  host: z.string().min(1, 'must be an address or a name of this machine').default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8700),
  auth: z.enum(['auto', 'tokens', 'none'], 'must be "auto", "tokens" or "none"').default('auto'),
  names: z.array(hostName).max(64).default([]),
  origins: z.array(origin).max(64).default([]),
  tls: tls.optional(),
  /** Whether labels are compressed for clients that offer it. */
  deflate: z.boolean().default(false),
  limits: limits.prefault({}),
});

export type ServerConfig = z.infer<typeof server>;
