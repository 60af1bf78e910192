/**
 * Writes small ONNX models by hand (protobuf wire format), so that tests can have exactly the model that they need
 * without a framework: pixels are pooled to three means per channel and go through one linear layer.
 */
export interface TinyModel {
  readonly layout: 'nhwc' | 'nchw';
  readonly dtype: 'uint8' | 'float32';
  /** Fixed side of the input; dynamic without it. */
  readonly side?: number;
  /** `[class][channel]`, applied to the mean of each channel. */
  readonly weights: readonly (readonly [number, number, number])[];
  readonly bias?: readonly number[];
  /** Name of the output; `logits` by default. */
  readonly output?: string;
  /** Also give the three means as `embedding`. */
  readonly embedding?: boolean;
  /** Softmax at the end. */
  readonly softmax?: boolean;
}

export function tinyOnnx(model: TinyModel): Buffer {
  const { layout, dtype, side, weights, output = 'logits' } = model;
  const classes = weights.length;
  const elements = weights.flat();
  const bias = model.bias ?? Array<number>(classes).fill(0);
  const raw = (values: readonly number[]) => Buffer.from(new Float32Array(values).buffer);
  const linear = model.softmax ? 'linear' : output;
  const nodes = [
    ...(layout === 'nhwc' ? [node('Transpose', ['image'], ['planes'], [intsAttribute('perm', [0, 3, 1, 2])])] : []),
    node('Cast', [layout === 'nhwc' ? 'planes' : 'image'], ['pixels'], [intAttribute('to', FLOAT)]),
    node('GlobalAveragePool', ['pixels'], ['pooled']),
    node('Flatten', ['pooled'], ['embedding'], [intAttribute('axis', 1)]),
    node('Gemm', ['embedding', 'w', 'b'], [linear], [intAttribute('transB', 1)]),
    ...(model.softmax ? [node('Softmax', ['linear'], [output], [intAttribute('axis', 1)])] : []),
  ];
  const dims = layout === 'nhwc' ? ['N', side ?? 'H', side ?? 'W', 3] : ['N', 3, side ?? 'H', side ?? 'W'];
  const graph = [
    ...nodes.map((bytes) => field(1, bytes)),
    field(2, text('tiny')),
    field(5, tensor('w', [classes, 3], raw(elements))),
    field(5, tensor('b', [classes], raw(bias))),
    field(11, value('image', dtype === 'uint8' ? UINT8 : FLOAT, dims)),
    field(12, value(output, FLOAT, ['N', classes])),
    ...(model.embedding ? [field(12, value('embedding', FLOAT, ['N', 3]))] : []),
  ];
  const opset = Buffer.concat([field(1, text('')), varintField(2, 17)]);
  return Buffer.concat([varintField(1, 8), field(7, Buffer.concat(graph)), field(8, opset)]);
}

const FLOAT = 1;
const UINT8 = 2;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

const text = (value: string) => Buffer.from(value, 'utf8');
const varintField = (number: number, value: number) => Buffer.concat([varint(number * 8), varint(value)]);
const field = (number: number, bytes: Buffer) => Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);

function tensor(name: string, dims: readonly number[], raw: Buffer): Buffer {
  return Buffer.concat([
    ...dims.map((dim) => varintField(1, dim)),
    varintField(2, FLOAT),
    field(8, text(name)),
    field(9, raw),
  ]);
}

function value(name: string, type: number, dims: readonly (number | string)[]): Buffer {
  const shape = dims.map((dim) => field(1, typeof dim === 'number' ? varintField(1, dim) : field(2, text(dim))));
  const tensorType = Buffer.concat([varintField(1, type), field(2, Buffer.concat(shape))]);
  return Buffer.concat([field(1, text(name)), field(2, field(1, tensorType))]);
}

function node(operator: string, inputs: string[], outputs: string[], attributes: Buffer[] = []): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => field(1, text(name))),
    ...outputs.map((name) => field(2, text(name))),
    field(3, text(outputs[0] ?? operator)),
    field(4, text(operator)),
    ...attributes.map((attribute) => field(5, attribute)),
  ]);
}

const INT = 2;
const INTS = 7;

function intAttribute(name: string, value: number): Buffer {
  return Buffer.concat([field(1, text(name)), varintField(3, value), varintField(20, INT)]);
}

function intsAttribute(name: string, values: readonly number[]): Buffer {
  return Buffer.concat([field(1, text(name)), ...values.map((value) => varintField(8, value)), varintField(20, INTS)]);
}
