import { describe, expect, test } from 'vitest';
import { resolveAddress } from '../../src/decode/address.ts';
import { diagnose } from '../../src/decode/diagnose.ts';
import { JumpCounter } from '../../src/decode/jumps.ts';
import { Pacer } from '../../src/decode/pacer.ts';
import { backoffMs, CAMERA_BACKOFF } from '../../src/decode/reconnect.ts';
import { Redactor } from '../../src/secrets.ts';
import fc from '../support/property.ts';

describe('backoffMs', () => {
  test('doubles from the first pause to the cap', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 1000].map((attempt) => backoffMs(attempt, 0.999999));
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  test('lies between half and the whole of its ceiling', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.double({ min: 0, max: 0.999999, noNaN: true }), (attempt, random) => {
        const ceiling = Math.min(CAMERA_BACKOFF.maxMs, CAMERA_BACKOFF.firstMs * 2 ** Math.min(attempt, 30));
        const delay = backoffMs(attempt, random);
        expect(delay).toBeGreaterThanOrEqual(ceiling / 2);
        expect(delay).toBeLessThanOrEqual(ceiling);
      }),
    );
  });
});

describe('Pacer', () => {
  test('holds frames back to the source’s own pace', () => {
    const pacer = new Pacer();
    expect(pacer.delayMs(10, 1000)).toBe(0);
    expect(pacer.delayMs(10.2, 1010)).toBeCloseTo(190);
    expect(pacer.delayMs(10.4, 1500)).toBe(0);
    expect(pacer.delayMs(10.6, 1500)).toBeCloseTo(100);
  });

  test.each([
    ['forward', 5000],
    ['back', -5000],
  ])('takes a jump %s for a new beginning', (_direction, ptsSeconds) => {
    const pacer = new Pacer();
    pacer.delayMs(0, 0);
    expect(pacer.delayMs(ptsSeconds, 100)).toBe(0);
    expect(pacer.delayMs(ptsSeconds + 1, 100)).toBeCloseTo(1000);
  });
});

describe('JumpCounter', () => {
  const JUMP = 2 ** 27;

  test('takes times apart that jumped back, wherever they begin', () => {
    const jumps = new JumpCounter();
    expect(jumps.split(1_700_000_000)).toEqual({ ptsSeconds: 1_700_000_000, jumps: 0 });
    expect(jumps.split(1_700_000_000.2)).toEqual({ ptsSeconds: 1_700_000_000.2, jumps: 0 });
    expect(jumps.split(JUMP + 3)).toEqual({ ptsSeconds: JUMP + 3, jumps: 0 });
  });

  test('counts a jump when its mark is added', () => {
    const jumps = new JumpCounter();
    jumps.split(12.5);
    expect(jumps.split(JUMP + 3)).toEqual({ ptsSeconds: 3, jumps: 1 });
    expect(jumps.split(JUMP + 3.2).jumps).toBe(1);
    expect(jumps.split(2 * JUMP + 0.5)).toEqual({ ptsSeconds: 0.5, jumps: 2 });
  });

  test('gives up on a clock that jumps on and on', () => {
    const jumps = new JumpCounter();
    const jumpOnAndOn = () => {
      for (let n = 0; n < 200; n++) jumps.split(n * JUMP);
    };
    expect(jumpOnAndOn).toThrow(expect.objectContaining({ code: 'clock-unsteady' }));
  });
});

describe('diagnose', () => {
  test.each([
    ['[error] clip.mp4: No such file or directory', 'file', 'no-such-file'],
    ['[error] /dev/video0: No such file or directory', 'v4l2', 'no-such-file'],
    ['[mov @ 0x1] [error] moov atom not found', 'file', 'not-a-video'],
    ["[fatal] Stream map '0:V:0' matches no streams.", 'file', 'no-video'],
    ['[tcp @ 0x1] [error] Connection to tcp://127.0.0.1:9 failed: Connection refused', 'rtsp', 'connection-refused'],
    ['[rtsp @ 0x1] [error] method DESCRIBE failed: 401 Unauthorized', 'rtsp', 'unauthorized'],
    ['[rtsp @ 0x1] [error] method DESCRIBE failed: 404 Not Found', 'rtsp', 'not-found'],
    ['[http @ 0x1] [warning] HTTP error 404 File not found', 'http-pictures', 'not-found'],
    ['[http @ 0x1] [warning] HTTP error 403 Forbidden', 'http-pictures', 'forbidden'],
    ['[error] http://192.0.2.1/x: Connection timed out', 'http-pictures', 'timed-out'],
    ['[tcp @ 0x1] [error] Failed to resolve hostname cam.invalid: Name or service not known', 'rtsp', 'unknown-host'],
    ['[error] Decoder (codec av1) not found for input stream #0:0', 'file', 'no-decoder'],
    [
      '[h264 @ 0x1] [error] Picture size 7680x4320 exceeds specified max pixel count 8912896, see …',
      'file',
      'too-large',
    ],
    ['[error] Device creation failed: -542398533.', 'file', 'hwaccel-unavailable'],
    ['[h264 @ 0x1] [error] concealing 401 DC, 401 AC, 401 MV errors', 'rtsp', 'decode-failed'],
    [
      '[video4linux2 @ 0x1] [error] Cannot open video device /dev/video0: Permission denied',
      'v4l2',
      'permission-denied',
    ],
    ['[video4linux2 @ 0x1] [error] ioctl(VIDIOC_STREAMON): Device or resource busy', 'v4l2', 'busy'],
  ] as const)('%s', (line, kind, code) => {
    expect(diagnose(['[info] Input #0', line], { kind }).code).toBe(code);
  });

  test('the specific comes before its general consequence', () => {
    const lines = [
      '[rtsp @ 0x1] [error] method DESCRIBE failed: 401 Unauthorized',
      '[error] rtsp://h/x: Invalid data found when processing input',
    ];
    expect(diagnose(lines, { kind: 'rtsp' }).code).toBe('unauthorized');
  });

  test('tells a missing password from a wrong one', () => {
    const lines = ['[rtsp @ 0x1] [error] method DESCRIBE failed: 401 Unauthorized'];
    expect(diagnose(lines, { kind: 'rtsp' }).reason).toMatch(/given none.*passwordFile/);
    expect(diagnose(lines, { kind: 'rtsp', hasPassword: true }).reason).toMatch(/^it refuses the user or the password/);
  });

  test('takes the password out of what it quotes alone', () => {
    const redactor = new Redactor();
    for (const secret of ['refused', 'address', 'strange']) redactor.register(secret);
    const opened = { kind: 'rtsp', quote: (text: string) => redactor.quote(text) } as const;
    const refused = diagnose(['[error] Connection refused'], opened);
    expect(refused.reason).toBe(diagnose(['[error] Connection refused'], { kind: 'rtsp' }).reason);
    expect(refused.reason).toContain('refused');
    expect(diagnose(['[error] a strange thing'], opened).reason).toBe('ffmpeg says: a *** thing');
  });

  test('asks whether an HTTP address is the one of RTSP where the server refuses all', () => {
    const line = '[http @ 0x1] [warning] HTTP error 503 Service Unavailable';
    expect(diagnose([line], { kind: 'http-pictures' }).reason).toContain('use rtsp://');
    expect(diagnose([line], { kind: 'rtsp' }).reason).not.toContain('rtsp://');
  });

  test('without a known cause, gives ffmpeg’s last words without its prefixes', () => {
    expect(diagnose(['[info] a', '[foo @ 0x12] [error] strange thing', '[info] b'], { kind: 'file' }).reason).toBe(
      'ffmpeg says: strange thing',
    );
    expect(diagnose([], { kind: 'file' }).reason).toMatch(/without saying why/);
  });
});

describe('resolveAddress', () => {
  const bundled = { bundled: true };

  test('replaces a name for the bundled ffmpeg, and keeps everything else of the URL', async () => {
    const { url } = await resolveAddress('rtsp://user:p%40ss@localhost:8554/a/b?c=d', bundled, 5_000);
    expect(url).toMatch(/^rtsp:\/\/user:p%40ss@(127\.0\.0\.1|\[::1\]):8554\/a\/b\?c=d$/);
  });

  test('tells an HTTP server the name all the same', async () => {
    const { options } = await resolveAddress('http://localhost:81/x.mjpg', bundled, 5_000);
    expect(options).toEqual(['-headers', 'Host: localhost:81\r\n']);
  });

  test.each(['rtsp://192.0.2.7:554/x', 'rtsp://[2001:db8::1]/x', 'clip.mp4', '/dev/video0'])(
    'leaves %s alone',
    async (source) => {
      expect(await resolveAddress(source, bundled, 5_000)).toEqual({ url: source, options: [] });
    },
  );

  test('leaves names to an ffmpeg that can resolve them', async () => {
    expect((await resolveAddress('rtsp://localhost/x', { bundled: false }, 5_000)).url).toBe('rtsp://localhost/x');
  });

  test('says that a name is not known', async () => {
    await expect(resolveAddress('rtsp://no-such-host.invalid/x', bundled, 5_000)).rejects.toThrow(
      /no-such-host\.invalid/,
    );
  });
});
