import { fstatSync } from 'node:fs';

/** Priorities of syslog that systemd's journal reads off the beginning of a line. */
const PRIORITIES = { error: 3, warn: 4, info: 6, debug: 7 } as const;

export type JournalLevel = keyof typeof PRIORITIES;

/** Whether a descriptor leads straight into systemd's journal: it names the stream in the environment. */
export function isJournal(env: Readonly<Record<string, string | undefined>>, descriptor: number): boolean {
  const named = env.JOURNAL_STREAM;
  if (named === undefined || named === '') return false;
  try {
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    return named === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** A text for the journal, each of its lines with the priority in front. */
export function journalText(level: JournalLevel, text: string): string {
  const mark = `<${PRIORITIES[level]}>`;
  return `${text
    .trimEnd()
    .split('\n')
    .map((line) => mark + line)
    .join('\n')}\n`;
}

/** A log entry for the journal: the sentence, then its fields for programs, if it has any. */
export function journalEntry(level: JournalLevel, text: string, fields: object): string {
  const isEmpty = Object.keys(fields).length === 0;
  return journalText(level, isEmpty ? text : `${text} ${JSON.stringify(fields)}`);
}
