// Removes from the build what is left of sources that are no more: tsc does not, and a package would carry it.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const path of readdirSync(join(root, 'dist/src'), { recursive: true })) {
  const source = join(root, 'src', path.replace(/\.(d\.ts|js)$/, '.ts'));
  if (/\.(d\.ts|js)$/.test(path) && !existsSync(source)) rmSync(join(root, 'dist/src', path));
}
