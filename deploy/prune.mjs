// What of the installed packages a running Weir does not need.

/** Folders directly inside a package that hold nothing that is loaded. Deeper ones may: `yaml/dist/doc` is code. */
const IDLE_FOLDERS = /^(tests?|coverage|docs?|examples?|benchmarks?|old|\.github)$/i;
/** Types, maps, and sources of what is there compiled. */
const IDLE_FILES =
  /\.(d\.[cm]?ts|ts|tsx|map|cc|cpp|c|h|hh|hpp|s|asm|gyp|cmake|md|markdown|tsbuildinfo)$|~$|^\.(?!package-lock)/i;
/** Licences stay, whatever their name ends with; so does a README, which may hold one. */
const LEGAL = /^(licen[cs]e|copying|notice|authors|patents|readme|third[-_]party)/i;
/** Bundles for browsers, beside the modules that Node loads. */
const BROWSER_BUNDLES = new Set(['echarts/dist', 'zrender/dist']);

/**
 * Whether a file of `node_modules` is left out of a package.
 *
 * @param {string} path relative to node_modules, with `/`
 */
export function isIdle(path) {
  const parts = path.split('/');
  const scope = parts[0]?.startsWith('@') ? 2 : 1;
  const inside = parts.slice(scope);
  const name = parts.at(-1) ?? '';
  if (LEGAL.test(name)) return false;
  if (inside.length > 1 && IDLE_FOLDERS.test(inside[0] ?? '')) return true;
  if (BROWSER_BUNDLES.has([parts.slice(0, scope).join('/'), inside[0]].join('/'))) return true;
  // Hidden folders are tools' own; `.bin` links into packages. This machine's C library is glibc.
  if (parts.slice(0, -1).some((part) => part.startsWith('.') || part.startsWith('musl_'))) return true;
  return IDLE_FILES.test(name);
}
