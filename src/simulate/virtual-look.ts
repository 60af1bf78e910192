import { rasterFeatures } from '../features/frame.ts';
import type { ClimbParts, ZeroRung } from '../pipeline/climb.ts';
import type { Raster } from '../types.ts';
import { SimulatedFrame } from './playback.ts';
import { type MainThreadCosts, type Trace, TraceRaster } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What is seen of a trace's frames without a network. Computed once for all cameras; each look costs virtual time all the same. */
export class VirtualLook {
  readonly #rasters: readonly TraceRaster[];
  readonly #features = new Map<string, (raster: TraceRaster) => Float64Array>();

  constructor(trace: Trace) {
    this.#rasters = trace.frames.map((_, index) => new TraceRaster(trace, index));
  }

  /** @param costScale multiplies all costs */
  parts(time: VirtualTime, costs: MainThreadCosts, costScale: number): Pick<ClimbParts, 'raster' | 'features'> {
    return {
      raster: () => (frame) => {
        time.charge(costs.rasterMs * costScale);
        return this.#rasterOf(frame);
      },
      features: (names) => {
        const compute = this.#cached(names);
        return (raster) => {
          time.charge(costs.featuresMs * costScale);
          return compute(asRecorded(raster));
        };
      },
    };
  }

  #rasterOf(frame: Raster): TraceRaster {
    const raster = frame instanceof SimulatedFrame ? this.#rasters[frame.index] : undefined;
    if (raster === undefined) throw new TypeError('only frames of a trace can be looked at');
    return raster;
  }

  #cached(names: readonly string[]): (raster: TraceRaster) => Float64Array {
    const key = names.join();
    const known = this.#features.get(key);
    if (known !== undefined) return known;
    const compute = rasterFeatures(names);
    const values: (Float64Array | undefined)[] = [];
    const cached = (raster: TraceRaster) => {
      const found = values[raster.index] ?? Float64Array.from(compute(raster));
      values[raster.index] = found;
      return found;
    };
    this.#features.set(key, cached);
    return cached;
  }
}

/** Rung zero, for virtual time. */
export function chargedZero(zero: ZeroRung, time: VirtualTime, ms: number): ZeroRung {
  return {
    embed: (raster) => {
      time.charge(ms);
      return zero.embed(raster);
    },
  };
}

function asRecorded(raster: Raster): TraceRaster {
  if (raster instanceof TraceRaster) return raster;
  throw new TypeError('only rasters of a trace have features here');
}
