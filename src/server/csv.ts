import type { SequencedMessage } from '../protocol/messages.ts';

type Cell = string | number | boolean | null | undefined;

/** The columns of an export. What a message has none of is left empty. */
const COLUMNS: Readonly<Record<string, (message: SequencedMessage) => Cell>> = {
  type: ({ type }) => type,
  epoch: ({ epoch }) => epoch,
  seq: ({ seq }) => seq,
  time: (message) => timeOf(message),
  camera: ({ camera }) => camera,
  question: (message) => (message.type === 'camera' ? null : message.question),
  label: (message) => (message.type === 'camera' ? null : message.label),
  classId: (message) => labelOf(message)?.classId,
  confidence: (message) => labelOf(message)?.confidence,
  stable: (message) => labelOf(message)?.stable?.label,
  stableSinceMs: (message) => labelOf(message)?.stable?.sinceMs,
  changed: (message) => labelOf(message)?.changed,
  stream: (message) => (message.type === 'camera' ? null : message.stream),
  ptsSeconds: (message) => (message.type === 'camera' ? null : message.ptsSeconds),
  arrivedAtMs: (message) => (message.type === 'event' ? message.atMs : labelOf(message)?.arrivedAtMs),
  decidedAtMs: (message) => labelOf(message)?.decidedAtMs,
  emittedAtMs: (message) => labelOf(message)?.emittedAtMs,
  view: (message) => labelOf(message)?.view.kind,
  box: (message) => labelOf(message)?.view.box.join(' '),
  track: (message) => (message.type === 'event' ? message.track : labelOf(message)?.view.track),
  rungs: (message) =>
    labelOf(message)
      ?.path.map(({ rung }) => rung)
      .join(' '),
  stop: (message) => labelOf(message)?.stop,
  reusedAgeMs: (message) => labelOf(message)?.reusedAgeMs,
  spentMs: (message) => labelOf(message)?.spentMs,
  budgetMs: (message) => labelOf(message)?.budgetMs,
  operatingPoint: (message) => labelOf(message)?.operatingPoint,
  clock: (message) => labelOf(message)?.clock.state,
  phase: (message) => (message.type === 'event' ? message.phase : null),
  state: (message) => (message.type === 'camera' ? message.state : null),
  reason: (message) => (message.type === 'camera' ? message.reason : null),
  degraded: (message) => (message.type === 'camera' ? message.degraded.join(' ') : null),
  gear: (message) => (message.type === 'camera' ? message.gear : null),
  agreement: (message) => (message.type === 'camera' ? agreementOf(message.agreement) : null),
};

/** RFC 4180, line by line. */
export const CSV_HEADER = lineOf(Object.keys(COLUMNS));

/** @param text a message as it was sent */
export function csvLine(text: string): string {
  const message = JSON.parse(text) as SequencedMessage;
  return lineOf(Object.values(COLUMNS).map((column) => column(message)));
}

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** Texts that a table program would take for a formula get an apostrophe before them: labels and reasons come from outside. */
function cellOf(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function labelOf(message: SequencedMessage): Extract<SequencedMessage, { type: 'label' }> | null {
  return message.type === 'label' ? message : null;
}

function agreementOf(ratios: Readonly<Record<string, number>> = {}): string {
  return Object.entries(ratios)
    .map(([question, ratio]) => `${question}=${ratio}`)
    .join(' ');
}

function timeOf(message: SequencedMessage): string {
  return new Date(message.type === 'label' ? message.arrivedAtMs : message.atMs).toISOString();
}
