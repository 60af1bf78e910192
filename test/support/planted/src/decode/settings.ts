import * as ort from 'onnxruntime-node';

export interface Settings {
  readonly path: string;
}
export const runtime = ort;
