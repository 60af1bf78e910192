/** Options of `weir simulate`. */
export interface SimulateOptions {
  readonly cameras?: number;
  readonly fps: number;
  readonly trace?: string;
  readonly footage?: string;
  readonly truth?: string;
  readonly record?: string;
  readonly costScale: number;
  readonly slots?: number;
  readonly seconds: number;
  readonly only?: boolean;
  readonly config?: string;
  readonly mode?: string;
  readonly budget?: number | 'none';
  readonly operatingPoint?: string;
  readonly ladder?: string;
  readonly premodel?: string;
  readonly heads?: string;
  readonly seed: number;
  readonly json?: string;
  readonly report?: string;
}
