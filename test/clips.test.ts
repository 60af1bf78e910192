import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ffmpeg, temporaryFolder } from './support/clips.ts';
import { Daemon, weir } from './support/daemon.ts';
import { DATA, describeWith, MPEG4_CLIP, RTSP_SERVER, WEIR_DATA } from './support/parts.ts';
import { waitFor } from './support/processes.ts';
import { RtspServer } from './support/rtsp.ts';

const H264 = ['car-detection.mp4', 'bottle-detection.mp4', 'traffic.mp4'];
/** vtest.avi holds Microsoft's MPEG-4 variant, for which there is no RTP payload: it is served as MPEG-4 Part 2. */
const MPEG4 = 'vtest.mov';
const CLIPS = [...H264, MPEG4];
const RATES = [5, 25];
/** How much of each clip is classified: more than the live streams are watched for. */
const CLIP_SECONDS = 20;
/** How many labels of each live stream are compared, by its rate; a slow machine drops frames of the faster. */
const LIVE_LABELS: Readonly<Record<number, number>> = { 5: 50, 25: 70 };
const LIVE_LIMIT_MS = (CLIP_SECONDS + 10) * 1000;

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

    /** Classifies clips at every rate, as few commands as there are rates: each loads and measures the models. */
    async function classifyAll(paths: readonly string[]): Promise<void> {
      for (const fps of RATES) {
        const args = ['classify', '--json', '--budget', 'none', '--fps', String(fps), ...paths];
        const { code, stdout, stderr } = await weir(args, { timeoutMs: 200_000 });
        expect(stderr).toBe('');
        expect(code).toBe(0);
        const answers = stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Timed & { file: string });
        for (const path of paths) {
          fromFile.set(
            `${basename(path)}@${fps}`,
            answers.filter(({ file }) => file === path),
          );
        }
      }
    }

    /** Watches all clips at all rates over RTSP, until enough of each was seen, or its stream is over. */
    async function watchAll(paths: readonly string[]): Promise<void> {
      const servers = await Promise.all(paths.map((clip) => RtspServer.start(clip)));
      const cameras = paths.flatMap((clip, index) =>
        RATES.map((fps) => ({
          id: `c${index}-${fps}`,
          name: `${basename(clip)}@${fps}`,
          source: servers[index]?.url ?? '',
          fps,
        })),
      );
      const config = join(folder.path, 'live.yaml');
      // Each frame by itself, and always in the same way: only then are its answers those of the file.
      const alone = { budgetMs: 'none', reuse: { enabled: false }, memory: false, gears: false };
      await writeFile(
        config,
        JSON.stringify({ cameras: cameras.map(({ id, source, fps }) => ({ id, source, fps, ...alone })) }),
      );
      const running = new Daemon(['--config', config]);
      await running.subscribe();
      const seen = (id: string) => running.labels.filter(({ camera, stream }) => camera === id && stream === 1);
      const isEnough = () => cameras.every(({ id, fps }) => seen(id).length > (LIVE_LABELS[fps] ?? 0));
      // Where it is never enough, the tests tell of which camera.
      await waitFor(isEnough, 'the live labels', LIVE_LIMIT_MS).catch(() => {});
      const { code } = await running.stop();
      expect(code).toBe(0);
      for (const server of servers) await server.stop();
      for (const { id, name } of cameras) live.set(name, seen(id));
    }

    beforeAll(async () => {
      folder = await temporaryFolder();
      const paths = CLIPS.map((name) => join(folder.path, name));
      for (const [index, path] of paths.entries()) {
        const [from, codec] = path.endsWith(MPEG4)
          ? [MPEG4_CLIP.path, ['-c:v', 'mpeg4', '-q:v', '2', '-g', '20']]
          : [join(WEIR_DATA, 'clips', CLIPS[index] ?? ''), ['-c:v', 'copy', '-an']];
        await ffmpeg(['-i', from, '-t', String(CLIP_SECONDS), ...codec, path]);
      }
      // A command has one thread for its models: two use two cores.
      await Promise.all([classifyAll(paths.slice(0, 2)), classifyAll(paths.slice(2))]);
      await watchAll(paths);
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
        expect(frames).toBeGreaterThan((LIVE_LABELS[fps] ?? Infinity) - 10);
        expect(share).toBeGreaterThanOrEqual(0.98);
      },
    );
  },
);
