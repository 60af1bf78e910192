import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sign } from '../../src/alerts/webhook.ts';
import { ROOT } from '../support/daemon.ts';
import { runWithin } from '../support/processes.ts';

const BODY = '{"text":"Fahrzeug – \u{1f697}"}';
const SECRET = 'a secret for this test';

async function documented(language: string): Promise<string> {
  const text = await readFile(join(ROOT, 'docs/alerts.md'), 'utf8');
  return new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(text)?.[1] ?? '';
}

/** What is asked of the documented check, and what is right. */
const CASES = [
  [BODY, sign(BODY, SECRET, 1_000), 1_010, true],
  [`${BODY} `, sign(BODY, SECRET, 1_000), 1_010, false],
  [BODY, sign(BODY, 'another', 1_000), 1_010, false],
  [BODY, sign(BODY, SECRET, 1_000), 2_000, false],
  [BODY, 'nonsense', 1_010, false],
] as const;
const RIGHT = CASES.map(([, , , isRight]) => isRight);

test('the check that is documented for Node takes what is signed, and nothing else', async () => {
  const module = `data:text/javascript,${encodeURIComponent(await documented('js'))}`;
  const { isFromWeir } = (await import(module)) as { isFromWeir: (...args: unknown[]) => boolean };
  expect(CASES.map(([body, header, now]) => isFromWeir(body, header, SECRET, now))).toEqual(RIGHT);
});

test('so does the one for Python', async () => {
  const asks = JSON.stringify(CASES.map(([body, header, now]) => [body, header, now]));
  const program = `${await documented('python')}
import json, sys
print(json.dumps([is_from_weir(b.encode(), h, sys.argv[2], n) for b, h, n in json.loads(sys.argv[1])]))`;
  expect(JSON.parse(await runWithin(20_000, 'python3', ['-c', program, asks, SECRET]))).toEqual(RIGHT);
});
