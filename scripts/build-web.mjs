// Bundles the dashboard into dist/web: files named by their content, each beside its gzip, and a list of them.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src/web');
const target = join(root, 'dist/web');

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: { app: join(source, 'main.tsx'), style: join(source, 'style/main.css') },
  outdir: target,
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  charset: 'utf8',
  legalComments: 'none',
  // The client takes the package where the platform has no WebSocket; a browser has.
  external: ['ws'],
  tsconfigRaw: {},
});

const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' };
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const files = [];
/** Writes a file and its gzip; a name without a hash is asked for anew each time. */
function put(path, name, type, content) {
  writeFileSync(join(target, name), content);
  writeFileSync(join(target, `${name}.gz`), gzipSync(content, { level: 9 }));
  files.push({ path, name, type, immutable: path !== '/' });
}
function hashed(name, extension, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const file = `${name}-${hash}.${extension}`;
  put(`/assets/${file}`, file, types[extension], content);
  return `/assets/${file}`;
}

const bundled = (extension) => {
  const found = outputFiles.find(({ path }) => path.endsWith(`.${extension}`));
  if (found === undefined) throw new Error(`esbuild made no .${extension}`);
  return Buffer.from(found.contents);
};
const names = {
  script: hashed('app', 'js', bundled('js')),
  style: hashed('style', 'css', bundled('css')),
  icon: hashed('icon', 'svg', readFileSync(join(source, 'icon.svg'))),
};
const page = readFileSync(join(source, 'index.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name) => names[name]);
put('/', 'index.html', 'text/html; charset=utf-8', page);
writeFileSync(join(target, 'files.json'), `${JSON.stringify({ schema: 'weir.web/1', files }, null, 2)}\n`);
