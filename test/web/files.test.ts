import { expect, test } from 'vitest';
import { HttpServer } from '../../src/server/http.ts';
import { loadWebFiles, webRoutes } from '../../src/server/web.ts';

const files = loadWebFiles();
/** All that a browser loads. */
const MAX_BYTES = 150_000;

test('the dashboard is small, and its page has nothing inline', () => {
  expect(files.reduce((sum, { gzip }) => sum + gzip.length, 0)).toBeLessThan(MAX_BYTES);
  const page = String(files.find(({ path }) => path === '/')?.content);
  expect(page).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\bon\w+=|https?:/);
});

test('is served compressed, kept by its name, and under a strict policy', async () => {
  const server = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
    ready: () => true,
    upgrades: new Map(),
    pages: [webRoutes(files)],
  });
  const address = await server.listen();
  try {
    for (const { path, immutable, content } of files) {
      const answer = await fetch(address + path);
      expect(answer.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      expect(answer.headers.get('content-encoding')).toBe('gzip');
      expect(answer.headers.get('cache-control')).toBe(immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
      expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true);
    }
  } finally {
    await server.close();
  }
});
