import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ffmpeg, temporaryFolder } from './support/clips.ts';
import { Daemon, weir } from './support/daemon.ts';
import { DATA, describeWith, MPEG4_CLIP, RTSP_SERVER, WEIR_DATA } from './support/parts.ts';
import { freePort, RtspServer } from './support/rtsp.ts';

const H264 = ['car-detection.mp4', 'bottle-detection.mp4', 'traffic.mp4'];
/** vtest.avi holds Microsoft's MPEG-4 variant, for which there is no RTP payload: it is served as MPEG-4 Part 2. */
const MPEG4 = 'vtest.mov';
const CLIPS = [...H264, MPEG4];
const RATES = [5, 25];
/** How long the live streams are watched. */
const LIVE_MS = 20_000;

interface Timed {
  readonly ptsSeconds: number;
  readonly label: string;
}

/** Share of same labels on the frames that both runs classified, and their number. Times may differ by a constant. */
function agreement(a: readonly Timed[], b: readonly Timed[]): { share: number; frames: number } {
  const byTime = new Map(a.map(({ ptsSeconds, label }) => [Math.round(ptsSeconds * 100), label]));
  // A server may count from its first frame in place of the container's zero.
  const offsets = [0, a[0]?.ptsSeconds ?? 0];
  const counts = offsets.map((offset) => {
    const pairs = b.flatMap(({ ptsSeconds, label }) => {
      const other = byTime.get(Math.round((ptsSeconds + offset) * 100));
      return other === undefined ? [] : [other === label];
    });
    return { share: pairs.filter(Boolean).length / pairs.length, frames: pairs.length };
  });
  return counts.reduce((best, count) => (count.frames > best.frames ? count : best));
}

describeWith(
  [DATA, MPEG4_CLIP, RTSP_SERVER],
  'real clips, as a file and over RTSP, at two rates, without a budget',
  () => {
    const fromFile = new Map<string, Timed[]>();
    const live = new Map<string, Timed[]>();
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;

    beforeAll(async () => {
      folder = await temporaryFolder();
      const mpeg4 = join(folder.path, MPEG4);
      await ffmpeg(['-i', MPEG4_CLIP.path, '-t', '30', '-c:v', 'mpeg4', '-q:v', '2', '-g', '20', mpeg4]);
      const paths = [...H264.map((name) => join(WEIR_DATA, 'clips', name)), mpeg4];
      for (const clip of paths) {
        for (const fps of RATES) {
          const args = ['classify', '--json', '--budget', 'none', '--fps', String(fps), clip];
          const { code, stdout, stderr } = await weir(args, { timeoutMs: 200_000 });
          expect(stderr).toBe('');
          expect(code).toBe(0);
          fromFile.set(
            `${basename(clip)}@${fps}`,
            stdout
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line)),
          );
        }
      }
      const servers = await Promise.all(paths.map(async (clip) => RtspServer.start(clip, await freePort())));
      const cameras = paths.flatMap((clip, index) =>
        RATES.map((fps) => ({
          id: `c${index}-${fps}`,
          name: `${basename(clip)}@${fps}`,
          source: servers[index]?.url ?? '',
          fps,
        })),
      );
      const config = join(folder.path, 'live.yaml');
      await writeFile(
        config,
        JSON.stringify({ cameras: cameras.map(({ id, source, fps }) => ({ id, source, fps, budgetMs: 'none' })) }),
      );
      const running = new Daemon(['--config', config]);
      await running.subscribe();
      await new Promise((resolve) => setTimeout(resolve, LIVE_MS));
      const { code } = await running.stop();
      expect(code).toBe(0);
      for (const server of servers) await server.stop();
      for (const { id, name } of cameras) {
        live.set(
          name,
          running.labels.filter(({ camera, stream }) => camera === id && stream === 1),
        );
      }
    }, 900_000);
    afterAll(() => folder.remove());

    test('the original vtest.avi as a file: the slower sampling sees the same frames as the faster', async () => {
      const [slow, fast] = await Promise.all(
        RATES.map(async (fps) => {
          const args = [
            'classify',
            '--json',
            '--budget',
            'none',
            '--mode',
            'fixed:lite0@96-int8',
            '--fps',
            String(fps),
          ];
          const { code, stdout } = await weir([...args, MPEG4_CLIP.path], { timeoutMs: 200_000 });
          expect(code).toBe(0);
          return stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as Timed);
        }),
      );
      const { share, frames } = agreement(fast ?? [], slow ?? []);
      expect(frames).toBe(slow?.length);
      expect(frames).toBeGreaterThan(300);
      expect(share).toBe(1);
    }, 200_000);

    test.each(CLIPS)('%s: the slower sampling sees the same frames as the faster', (clip) => {
      const { share, frames } = agreement(fromFile.get(`${clip}@25`) ?? [], fromFile.get(`${clip}@5`) ?? []);
      expect(frames).toBe(fromFile.get(`${clip}@5`)?.length);
      expect(share).toBe(1);
    });

    test.each(CLIPS.flatMap((clip) => RATES.map((fps) => [clip, fps] as const)))(
      '%s at %d fps over RTSP: at least 98 of 100 labels the same as from the file',
      (clip, fps) => {
        const { share, frames } = agreement(fromFile.get(`${clip}@25`) ?? [], live.get(`${clip}@${fps}`) ?? []);
        expect(frames).toBeGreaterThan(fps === 5 ? 40 : 60);
        expect(share).toBeGreaterThanOrEqual(0.98);
      },
    );
  },
);
