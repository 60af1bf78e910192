import * as ort from 'onnxruntime-node';
import { decide } from '../cascade/step.ts';

export const load = (path: string) => [ort, decide, path];
