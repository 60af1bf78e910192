import type { Clock } from '../types.ts';
import { cpuReader } from './cpus.ts';
import { type Files, listMatching, orNull, readNumber, readText, remembered, Unreadable, whyNot } from './files.ts';
import { askNvpmodel } from './nvpmodel.ts';
import { PUBLISHED_PATH, type Published, readPublished } from './published.ts';
import type { DeviceReader, EnergySample, Sample } from './reader.ts';
import { type Thermal, thermalReader } from './thermal.ts';
import { decide, type Findings, judgeCpus, mhz, offlineRemark, pinnedWords } from './verdict.ts';

const DEVFREQ = 'sys/class/devfreq';
const GPU = 'gp10b';
const POWER = 'sys/bus/i2c/drivers/ina3221x';
/** No clock of a Jetson is faster, in Hz: what says so is not believed. */
const MOST_HZ = 20e9;
const MOST_MILLIWATTS = 1e6;
/** The steps of a TX2's processors are 4 % of their highest frequency and more. */
const TOLERANCE = 0.03;
/** nvpmodel is a program that must be started: it is not asked at every reading. */
const ASK_EVERY = 10;
/** Where the GPU and the power meter are does not change often either. */
const LOOK_EVERY = 60;

export interface JetsonSettings {
  readonly root: string;
  readonly files: Files;
  readonly clock: Clock;
  readonly name: string;
}

/**
 * Reads a Jetson TX2. Pinned are: every online processor min = max = current, GPU min = max, memory (EMC) at its highest rate and
 * locked. The last may be read by root only: weir-clocks.service publishes it, and without that the state is unreadable.
 */
export function jetsonReader({ root, files, clock, name }: JetsonSettings): DeviceReader {
  const readCpus = cpuReader(files);
  const readThermal = thermalReader(files);
  const gpuFolder = remembered(LOOK_EVERY, () => findGpu(files));
  const powerPath = remembered(LOOK_EVERY, () => findPower(files));
  const asked = remembered(ASK_EVERY, () => askNvpmodel(root));
  return {
    source: 'jetson',
    name,
    advice:
      'weir-clocks.service pins clocks with jetson_clocks, gives them back when it ends, and publishes what only root may read: `systemctl enable --now weir-clocks`; nvpmodel chooses the highest clocks (`nvpmodel -m 0` is MAXN)',
    read: async () => {
      const { cpus, governors, offline, problems } = await readCpus();
      const thermal = await readThermal();
      const gpu = await findings(judgeGpu(files, await gpuFolder()));
      const published = await readPublished(files, clock.unixMs()).catch(whyNot);
      const emc = judgeEmc(published);
      const toldMode = published instanceof Unreadable ? null : published.powerMode;
      const processors = judgeCpus(cpus, TOLERANCE);
      const verdict = decide(
        {
          unreadable: [...emc.unreadable, ...problems, ...gpu.unreadable],
          throttled: [...judgeHeat(thermal), ...processors.throttled],
          floating: [...processors.floating, ...gpu.floating, ...emc.floating],
          remarks: offlineRemark(offline),
        },
        `${pinnedWords(cpus)}; GPU min = max; EMC at its highest rate and locked`,
      );
      return {
        reading: {
          clock: { state: verdict.state, source: 'jetson' },
          reasons: verdict.reasons,
          powerMode: toldMode ?? (await asked()),
          governors,
          cpus,
          temperatureCelsius: thermal.temperatureCelsius,
          headroomCelsius: thermal.headroomCelsius,
          throttleCount: null,
        },
        energy: await readPower(files, await powerPath(), published),
      } satisfies Sample;
    },
  };
}

const NOTHING: Findings = { unreadable: [], throttled: [], floating: [], remarks: [] };

async function findGpu(files: Files): Promise<string | null> {
  for (const device of await listMatching(files, DEVFREQ, /./)) {
    const folder = `${DEVFREQ}/${device}`;
    if ((await orNull(readText(files, `${folder}/device/of_node/name`))) === GPU) return folder;
  }
  return null;
}

async function judgeGpu(files: Files, folder: string | null): Promise<Findings> {
  if (folder === null) throw new Unreadable(`no GPU (${GPU}) under /${DEVFREQ}`);
  const min = (await readNumber(files, `${folder}/min_freq`, MOST_HZ)) / 1e6;
  const max = (await readNumber(files, `${folder}/max_freq`, MOST_HZ)) / 1e6;
  return { ...NOTHING, floating: min === max ? [] : [`GPU ${mhz(min)}-${mhz(max)} MHz, min below max`] };
}

function judgeEmc(published: Published | Unreadable): Findings {
  const what = 'EMC (memory clock)';
  if (published instanceof Unreadable)
    return {
      ...NOTHING,
      unreadable: [`${what} can be read by root only, and weir-clocks.service does not tell it: ${published.message}`],
    };
  const { emc } = published;
  if (emc === null)
    return { ...NOTHING, unreadable: [`${what}: weir-clocks.service could not read it (/${PUBLISHED_PATH})`] };
  const floating: string[] = [];
  if (emc.rateHz < emc.maxRateHz) floating.push(`EMC at ${mhz(emc.rateHz / 1e6)} of ${mhz(emc.maxRateHz / 1e6)} MHz`);
  if (!emc.locked) floating.push('EMC is not locked');
  return { ...NOTHING, floating };
}

/** A limit is where the kernel begins to cap clocks; the fan's points are not counted. */
function judgeHeat({ sensors, coolings }: Thermal): string[] {
  const hot = sensors.filter(({ celsius, limitCelsius }) => limitCelsius !== null && celsius >= limitCelsius);
  return [
    ...coolings,
    ...hot.map(({ name, celsius, limitCelsius }) => `${name} ${celsius} °C, its limit is ${limitCelsius} °C`),
  ];
}

/** `VDD_IN` is the total of the board: the other rails are parts of it. */
async function findPower(files: Files): Promise<string | null> {
  for (const chip of await listMatching(files, POWER, /^\d+-[0-9a-f]+$/)) {
    for (const device of await listMatching(files, `${POWER}/${chip}`, /^iio:device\d+$/)) {
      const folder = `${POWER}/${chip}/${device}`;
      for (const rail of await listMatching(files, folder, /^rail_name_\d+$/)) {
        if ((await orNull(readText(files, `${folder}/${rail}`))) !== 'VDD_IN') continue;
        return `${folder}/${rail.replace('rail_name_', 'in_power')}_input`;
      }
    }
  }
  return null;
}

async function readPower(
  files: Files,
  path: string | null,
  published: Published | Unreadable,
): Promise<EnergySample | null> {
  const read = path === null ? null : await orNull(readNumber(files, path, MOST_MILLIWATTS));
  const milliwatts = read ?? (published instanceof Unreadable ? null : published.powerMilliwatts);
  return milliwatts === null ? null : { kind: 'power', milliwatts };
}

async function findings(judging: Promise<Findings>): Promise<Findings> {
  return await judging.catch((error: unknown) => ({ ...NOTHING, unreadable: [whyNot(error).message] }));
}
