import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** The names under which the headings of a Markdown text can be linked to, as GitHub makes them. */
export function anchorsOf(text: string): Set<string> {
  const counts = new Map<string, number>();
  const headings = text.replace(/^( *)```[\s\S]*?^ *```/gm, '').matchAll(/^#{1,6} +(.+?) *$/gm);
  return new Set(
    [...headings].map(([, heading = '']) => {
      const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
      const name = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/ /g, '-');
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      return count === 0 ? name : `${name}-${count}`;
    }),
  );
}

/** Links of a Markdown file of the project to files and headings that there are not. @param path from `root` */
export function brokenLinks(root: string, path: string): string[] {
  const read = (name: string) => readFileSync(join(root, name), 'utf8');
  const links = [...read(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false; // not of the project
    const [name = '', anchor] = link.split('#');
    const target = name === '' ? path : normalize(join(dirname(path), name));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(read(target)).has(anchor);
  });
}
