import { deflateSync, inflateSync } from 'node:zlib';
import { z } from 'zod';
import { invalid, parseArtifact, readTextFile } from '../artifact/read.ts';
import { writeArtifact } from '../artifact/write.ts';
import { RASTER_BYTES, type Trace } from './trace.ts';

/** No run takes an hour: what is longer is no measurement, and would let virtual time stand still. */
const MOST_MS = 3_600_000;
const MOST_SECONDS = 1_000_000;
const ms = z.number().min(0).max(MOST_MS, 'must be at most an hour, in milliseconds');
const packed = z.base64('is no base64: the file is damaged');

const SCHEMA = 'weir.trace/1';

/** Far above any classifier. */
const MOST_CLASSES = 1_000_000;
const MOST_EMBEDDING = 100_000;
/** All arrays of a trace lie in memory: six hundred frames, a thousand classes and sixty rungs take 0.15 of this. */
const MOST_BYTES = 2 ** 30;

/** `weir.trace/1`. Packed values are little-endian, deflated (zlib), in base64. */
const traceFile = z.strictObject({
  schema: z.literal(SCHEMA),
  ladder: z.strictObject({ name: z.string(), fingerprint: z.string() }),
  reference: z.string(),
  clip: z.string(),
  taughtCamera: z.string().optional(),
  device: z.string(),
  slots: z.int().min(1),
  picture: z.strictObject({ width: z.int().min(1), height: z.int().min(1) }),
  classes: z.int().min(2).max(MOST_CLASSES),
  main: z.strictObject({ arrivalMs: ms, rasterMs: ms, featuresMs: ms, readMs: ms, zeroMs: ms }),
  frames: z
    .array(
      z.strictObject({
        seconds: z.number().min(0).max(MOST_SECONDS),
        truth: z.record(z.string(), z.array(z.string()).min(1)).optional(),
      }),
    )
    .min(1),
  /** `uint8 [frames][48][48][3]` */
  rasters: packed,
  rungs: z
    .array(
      z.strictObject({
        id: z.string(),
        serviceMs: z.array(ms).min(1),
        runMs: z.array(ms).min(1),
        /** `float32 [frames][classes]` */
        logits: packed,
        embeddingSize: z.int().min(0).max(MOST_EMBEDDING),
        /** `float32 [frames][embeddingSize]` */
        embeddings: packed,
      }),
    )
    .min(1),
});

const KIND = { what: 'trace', schema: traceFile };

/**
 * Reads a trace.
 *
 * @throws WeirError `trace-missing`, `trace-unreadable`, `trace-invalid`, naming everything that is wrong
 */
export async function readTrace(path: string): Promise<Trace> {
  const text = await readTextFile(path, KIND.what);
  requireTrace(text, path);
  const file = parseArtifact(text, path, KIND);
  const { schema: _, frames, rasters, rungs, ...rest } = file;
  const count = frames.length;
  const problems: string[] = [];
  const values = rungs.reduce((sum, { embeddingSize }) => sum + rest.classes + embeddingSize, 0);
  const bytes = count * (RASTER_BYTES + values * Float32Array.BYTES_PER_ELEMENT);
  if (bytes > MOST_BYTES) {
    const why = `frames, classes and embeddings of ${rungs.length} rungs come to ${bytes} bytes: more than ${MOST_BYTES} are not read`;
    throw invalid(KIND.what, path, [why]);
  }
  rungs.forEach(({ id }, at) => {
    const first = rungs.findIndex((rung) => rung.id === id);
    if (first < at) problems.push(`rungs[${at}].id: ${id} is already that of rungs[${first}]`);
  });
  const unpack = (text: string, bytes: number, where: string): Uint8Array => {
    try {
      const data = inflateSync(Buffer.from(text, 'base64'), { maxOutputLength: Math.max(1, bytes) });
      if (data.length === bytes) return data;
      problems.push(`${where}: holds ${data.length} bytes, and should ${bytes}`);
    } catch (error) {
      const isMore = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      problems.push(
        isMore ? `${where}: holds more than ${bytes} bytes` : `${where}: cannot be unpacked: the file is damaged`,
      );
    }
    return new Uint8Array(bytes);
  };
  const floats = (text: string, perFrame: number, where: string): Float32Array => {
    const values = new Float32Array(count * perFrame);
    new Uint8Array(values.buffer).set(unpack(text, values.byteLength, where));
    if (!values.every(Number.isFinite)) problems.push(`${where}: holds values that are not finite`);
    return values;
  };
  frames.forEach(({ seconds }, at) => {
    if (at > 0 && seconds <= (frames[at - 1]?.seconds ?? 0)) problems.push(`frames[${at}].seconds: must grow`);
  });
  const trace: Trace = {
    ...rest,
    frames: frames.map(({ seconds, truth = {} }) => ({ seconds, truth })),
    rasters: unpack(rasters, count * RASTER_BYTES, 'rasters'),
    rungs: rungs.map((rung, at) => {
      if (rung.runMs.length !== rung.serviceMs.length)
        problems.push(`rungs[${at}].runMs: must be as long as serviceMs`);
      return {
        ...rung,
        logits: floats(rung.logits, file.classes, `rungs[${at}].logits`),
        embeddings: floats(rung.embeddings, rung.embeddingSize, `rungs[${at}].embeddings`),
      };
    }),
  };
  if (!rungs.some(({ id }) => id === file.reference))
    problems.push(`reference: ${file.reference} is none of its rungs`);
  if (problems.length > 0) throw invalid(KIND.what, path, problems);
  return trace;
}

/** What is no trace at all is not told of every key that it lacks. @throws WeirError `trace-invalid` */
function requireTrace(text: string, path: string): void {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    const isBegun = text.startsWith(`{"schema":"${SCHEMA}"`);
    throw invalid(KIND.what, path, [
      isBegun ? 'it is cut off, or damaged: it is not JSON' : 'this is no trace: it is not JSON',
    ]);
  }
  const schema = typeof data === 'object' && data !== null && 'schema' in data ? data.schema : undefined;
  if (schema === SCHEMA) return;
  const told = typeof schema === 'string' ? `its schema is ${schema.slice(0, 40)}` : 'it has no schema';
  throw invalid(KIND.what, path, [`this is no trace: ${told}, and would be ${SCHEMA}`]);
}

/** Writes a trace; nobody else is to read it, as it shows in small what the camera saw. @throws WeirError `write-failed` */
export async function writeTrace(path: string, trace: Trace): Promise<void> {
  const { frames, rasters, rungs, ...rest } = trace;
  const file: z.infer<typeof traceFile> = {
    schema: SCHEMA,
    ...rest,
    frames: frames.map(({ seconds, truth }) => ({
      seconds,
      ...(Object.keys(truth).length === 0
        ? {}
        : { truth: Object.fromEntries(Object.entries(truth).map(([id, labels]) => [id, [...labels]])) }),
    })),
    rasters: pack(rasters),
    rungs: rungs.map((rung) => ({
      ...rung,
      serviceMs: [...rung.serviceMs],
      runMs: [...rung.runMs],
      logits: pack(rung.logits),
      embeddings: pack(rung.embeddings),
    })),
  };
  await writeArtifact(path, `${JSON.stringify(file)}\n`, { isPrivate: true });
}

function pack({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array): string {
  return deflateSync(new Uint8Array(buffer, byteOffset, byteLength)).toString('base64');
}
