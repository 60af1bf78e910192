import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WeirError } from '../errors.ts';
import type { Routes } from './api.ts';

/** A file of the dashboard, held in memory: they are few and small. */
export interface WebFile {
  readonly path: string;
  readonly type: string;
  /** Its name changes with its content, so that a browser may keep it for ever. */
  readonly immutable: boolean;
  readonly content: Buffer;
  readonly gzip: Buffer;
}

interface FileList {
  readonly schema: 'weir.web/1';
  readonly files: readonly {
    readonly path: string;
    readonly name: string;
    readonly type: string;
    readonly immutable: boolean;
  }[];
}

/** Nothing but the page's own files; no inline script or style; in no frame of another page. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

/**
 * The dashboard's files as the build leaves them in a folder.
 *
 * @throws WeirError `dashboard-missing` where there is no build
 */
export function loadWebFiles(folder = dirname(createRequire(import.meta.url).resolve('#web'))): WebFile[] {
  try {
    const { files } = JSON.parse(readFileSync(join(folder, 'files.json'), 'utf8')) as FileList;
    return files.map(({ path, name, type, immutable }) => ({
      path,
      type,
      immutable,
      content: readFileSync(join(folder, name)),
      gzip: readFileSync(join(folder, `${name}.gz`)),
    }));
  } catch (cause) {
    throw new WeirError('dashboard-missing', `the dashboard is not in ${folder}`, {
      remedy: 'build it: npm run build',
      cause,
    });
  }
}

/** `/` and what it needs: open to everyone, as they hold no data. */
export function webRoutes(files: readonly WebFile[]): Routes {
  return (app) => {
    for (const file of files) app.get(file.path, async (request, reply) => send(file, request, reply));
    app.get('/favicon.ico', async (_request, reply) => reply.code(204).headers(HEADERS).send());
  };
}

function send(file: WebFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const wantsGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(request.headers['accept-encoding'] ?? '');
  void reply
    .headers(HEADERS)
    .header('Vary', 'Accept-Encoding')
    .header('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    .type(file.type);
  return wantsGzip ? reply.header('Content-Encoding', 'gzip').send(file.gzip) : reply.send(file.content);
}
