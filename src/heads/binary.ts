import { z } from 'zod';

/** Bytes of an array as base64, little-endian whatever the machine. */
export function toBase64(values: Float32Array | Uint8Array): string {
  if (values instanceof Uint8Array) {
    return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
  }
  const bytes = Buffer.alloc(values.length * 4);
  for (let i = 0; i < values.length; i++) bytes.writeFloatLE(values[i] ?? 0, i * 4);
  return bytes.toString('base64');
}

/** The values of `float32` as base64. A NaN's payload aside, the very bits that were written. */
export function floatsOf(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  const values = new Float32Array(Math.floor(bytes.length / 4));
  for (let i = 0; i < values.length; i++) values[i] = bytes.readFloatLE(i * 4);
  return values;
}

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Base64 of bytes. */
export const base64 = z.string().regex(BASE64, 'must be base64');

/** Base64 of finite `float32` values. */
export const floats = base64.refine(
  (text) => Buffer.byteLength(text, 'base64') % 4 === 0 && floatsOf(text).every(Number.isFinite),
  'must be base64 of finite float32 values',
);
