// Compiles the kernels to WebAssembly and writes them as TypeScript modules beside their users. Only needed after a change
// here: the result is committed. Fetches the compiler, which is too large to be a dependency of everyone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILER = 'assemblyscript@0.28.20';
const KERNELS = { resize: 'src/image/resize-kernel.ts' };

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'weir-kernel-'));
for (const [name, target] of Object.entries(KERNELS)) {
  const wasm = join(scratch, `${name}.wasm`);
  const args = ['--yes', '--package', COMPILER, 'asc', `kernels/${name}.ts`, '--outFile', wasm];
  args.push(
    '--optimizeLevel',
    '3',
    '--shrinkLevel',
    '0',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--initialMemory',
    '1',
  );
  const { status } = spawnSync('npx', args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const lines =
    readFileSync(wasm)
      .toString('base64')
      .match(/.{1,116}/g) ?? [];
  const body = lines.map((line) => `  '${line}',`).join('\n');
  const source = createHash('sha256')
    .update(readFileSync(join(root, `kernels/${name}.ts`)))
    .digest('hex');
  const text = `// Made from kernels/${name}.ts by kernels/build.mjs (${COMPILER}); do not edit.\n// Source: sha256 ${source}\nexport const ${name.toUpperCase()}_KERNEL = [\n${body}\n].join('');\n`;
  writeFileSync(join(root, target), text);
  console.log(`${target}: ${readFileSync(wasm).length} bytes of WebAssembly`);
}
rmSync(scratch, { recursive: true });
