// AssemblyScript: the inner loops of src/image/resize.ts, with SIMD. Pixels are RGB, uint8, rows without padding unless
// a stride is given. Reads and writes may go up to 16 bytes beyond the rows: the caller leaves room.

/** Two rows of `length` bytes, weighted: out[i] = a[i] * (256 - weight) + b[i] * weight, uint16. */
function blendRows(a: usize, b: usize, weight: i32, out: usize, length: i32): void {
  const upper = i16x8.splat(<i16>(256 - weight));
  const lower = i16x8.splat(<i16>weight);
  for (let i = 0; i < length; i += 16) {
    const p = v128.load(a + i);
    const q = v128.load(b + i);
    const low = i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_u(p), upper), i16x8.mul(i16x8.extend_low_i8x16_u(q), lower));
    const high = i16x8.add(
      i16x8.mul(i16x8.extend_high_i8x16_u(p), upper),
      i16x8.mul(i16x8.extend_high_i8x16_u(q), lower),
    );
    v128.store(out + 2 * i, low);
    v128.store(out + 2 * i, high, 16);
  }
}

/**
 * Bilinear interpolation. `columns` and `rows` hold, per target column or row, two int32: the byte offset of the first of
 * its two source pixels (or rows), and the weight of the second in 1/256.
 *
 * @param scratch room for one row of uint16
 * @param below distance of the second source row in bytes; 0 where there is only one
 */
export function interpolate(
  source: usize,
  rowBytes: i32,
  below: i32,
  columns: usize,
  rows: usize,
  scratch: usize,
  target: usize,
  targetStride: i32,
  width: i32,
  height: i32,
): void {
  const half = i32x4.splat(1 << 15);
  for (let y = 0; y < height; y++) {
    const above = source + load<i32>(rows + 8 * y);
    blendRows(above, above + below, load<i32>(rows + 8 * y, 4), scratch, rowBytes);
    let out = target + y * targetStride;
    for (let x = 0; x < width; x++, out += 3) {
      const entry = columns + 8 * x;
      const weight = load<i32>(entry, 4);
      const left = v128.load(scratch + 2 * load<i32>(entry));
      const right = i8x16.shuffle(left, left, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5);
      const sum = i32x4.add(
        i32x4.extmul_low_i16x8_u(left, i16x8.splat(<i16>(256 - weight))),
        i32x4.extmul_low_i16x8_u(right, i16x8.splat(<i16>weight)),
      );
      const value = i32x4.shr_u(i32x4.add(sum, half), 16);
      const narrow = i16x8.narrow_i32x4_u(value, value);
      v128.store32_lane(out, i8x16.narrow_i16x8_u(narrow, narrow), 0);
    }
  }
}

/** Half the width and half the height: the mean of 2x2 pixels, rounded half up; an odd last row or column is left out. */
export function halveBoth(source: usize, stride: i32, target: usize, width: i32, height: i32): void {
  const two = i16x8.splat(2);
  for (let y = 0; y < height; y++) {
    let in0 = source + 2 * y * stride;
    let in1 = in0 + stride;
    let out = target + y * width * 3;
    // Two target pixels at a time, from twelve bytes of each row; a third pixel's bytes are overwritten by the next store.
    for (let x = 0; x < width; x += 2, in0 += 12, in1 += 12, out += 6) {
      const p = v128.load(in0);
      const q = v128.load(in1);
      const low = i16x8.add(i16x8.extend_low_i8x16_u(p), i16x8.extend_low_i8x16_u(q));
      const high = i16x8.add(i16x8.extend_high_i8x16_u(p), i16x8.extend_high_i8x16_u(q));
      // Channels of pixels 0 and 2 (first), 1 and 3 (second) of the four summed source pixels.
      const first = i8x16.shuffle(low, high, 0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 0, 1, 0, 1);
      const second = i8x16.shuffle(low, high, 6, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 23, 0, 1, 0, 1);
      const mean = i16x8.shr_u(i16x8.add(i16x8.add(first, second), two), 2);
      v128.store64_lane(out, i8x16.narrow_i16x8_u(mean, mean), 0);
    }
  }
}

/** Half the width: the mean of two neighbours, rounded half up. */
export function halveAcross(source: usize, stride: i32, target: usize, width: i32, height: i32): void {
  for (let y = 0; y < height; y++) {
    let from = source + y * stride;
    let to = target + y * width * 3;
    for (let x = 0; x < width; x++, from += 6, to += 3) {
      for (let c: usize = 0; c < 3; c++) {
        store<u8>(to + c, <u8>((<i32>load<u8>(from + c) + <i32>load<u8>(from + c + 3) + 1) >> 1));
      }
    }
  }
}

/** Half the height: the mean of two rows, rounded half up. */
export function halveDown(source: usize, stride: i32, target: usize, width: i32, height: i32): void {
  const length = width * 3;
  for (let y = 0; y < height; y++) {
    const from = source + 2 * y * stride;
    const to = target + y * length;
    for (let i = 0; i < length; i += 16) {
      v128.store(to + i, i8x16.avgr_u(v128.load(from + i), v128.load(from + stride + i)));
    }
  }
}
