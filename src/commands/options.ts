import { InvalidArgumentError } from 'commander';
import { budget, fps, mode, operatingPoint } from '../config/schema.ts';

// Parsers of command line options. What the configuration knows is checked by the configuration's own schema.

export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

export function list(value: string): string[] {
  const items = value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0) throw new InvalidArgumentError('must be a list like a,b,c');
  return items;
}

export function port(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65535)
    throw new InvalidArgumentError('must be from 0 to 65535');
  return number;
}

export function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('must be a whole number above 0');
  return number;
}

export function positiveNumber(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number > 0 && number < Infinity))
    throw new InvalidArgumentError('must be a number above 0');
  return number;
}

export function ratio(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0 && number < 1)) throw new InvalidArgumentError('must be from 0 to below 1');
  return number;
}

export function seconds(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0 && Number.isFinite(number)))
    throw new InvalidArgumentError('must be a number of seconds from 0');
  return number;
}

/** A one-half says nothing, and below it a bound would loosen. */
export function confidence(value: string): number {
  const number = Number(value);
  if (!(number > 0.5 && number < 1)) throw new InvalidArgumentError('must be above 0.5 and below 1');
  return number;
}

export function seed(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number >= 2 ** 32)
    throw new InvalidArgumentError('must be a whole number from 0');
  return number;
}

/** Modes that a premodel is fitted for. */
export const MODES = ['select', 'cascade', 'hybrid'] as const;

export function parseModes(value: string): (typeof MODES)[number][] {
  return list(value).map((name) => {
    const mode = MODES.find((known) => known === name);
    if (mode === undefined) throw new InvalidArgumentError(`"${name}" is none of ${MODES.join(', ')}`);
    return mode;
  });
}

interface Schema<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: readonly { message: string }[] } };
}

/** An option's parser that checks by the configuration's own schema. */
function checked<T>(schema: Schema<T>, convert: (text: string) => unknown): (text: string) => T {
  return (text) => {
    const result = schema.safeParse(convert(text));
    if (result.success) return result.data;
    throw new InvalidArgumentError(result.error.issues[0]?.message ?? 'is not right');
  };
}

export const parseModeName = checked(mode, String);
export const parseOperatingPoint = checked(operatingPoint, String);
export const parseBudget = checked(budget, (text) => (text === 'none' ? text : Number(text)));
export const parseFps = checked(fps, (text) => (text === 'all' ? text : Number(text)));
