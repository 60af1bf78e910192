import { type Files, listMatching, orNull, readNumber, readText, remembered } from './files.ts';

/** A temperature sensor. */
export interface Sensor {
  readonly name: string;
  readonly celsius: number;
  /** Where the machine slows down to cool it, or switches off; `null` where the kernel names no such point. */
  readonly limitCelsius: number | null;
}

export interface Thermal {
  /** Of the hottest sensor. */
  readonly temperatureCelsius: number | null;
  /** The smallest distance of a sensor from its limit; negative beyond it. */
  readonly headroomCelsius: number | null;
  readonly sensors: readonly Sensor[];
  /** Ways of cooling by slowing down that are in use now, in words. */
  readonly coolings: readonly string[];
}

const ZONES = 'sys/class/thermal';
const MONITORS = 'sys/class/hwmon';
/** A sensor of the power chip of Jetsons that always says 100 °C. */
const CONSTANT = new Set(['PMIC-Die']);
/** Sensors of processors that are no thermal zone. */
const PROCESSOR_MONITORS = new Set(['coretemp', 'k10temp', 'zenpower', 'cpu_thermal']);
/** What slows down; a fan does not. */
const SLOWING = /cpu|gpu|processor|balanced|heavy|powerclamp/i;
/** A sensor that says more or less is broken. */
const COLDEST = -60;
const HOTTEST = 200;
const MOST_STEPS = 10_000;

/** A file with a temperature, and the limit that belongs to it. */
interface Source {
  readonly name: string;
  readonly path: string;
  readonly limitCelsius: number | null;
}

/** Sensors come and go with drivers: they are looked for once a minute. */
const LOOK_EVERY = 60;

/** Reads all sensors. What cannot be read is left out: no state depends on a temperature alone. */
export function thermalReader(files: Files): () => Promise<Thermal> {
  const sources = remembered(LOOK_EVERY, async () => [...(await findZones(files)), ...(await findMonitors(files))]);
  const coolers = remembered(LOOK_EVERY, () => findCoolers(files));
  return async () => {
    const sensors: Sensor[] = [];
    for (const { name, path, limitCelsius } of await sources()) {
      const celsius = await readCelsius(files, path);
      if (celsius !== null) sensors.push({ name, celsius, limitCelsius });
    }
    const coolings: string[] = [];
    for (const { name, path } of await coolers()) {
      const step = await orNull(readNumber(files, path, MOST_STEPS));
      if (step !== null && step > 0) coolings.push(`slowed down to cool: ${name} at step ${step}`);
    }
    const rooms = sensors.flatMap(({ celsius, limitCelsius }) => (limitCelsius === null ? [] : limitCelsius - celsius));
    return {
      temperatureCelsius: sensors.length === 0 ? null : Math.max(...sensors.map(({ celsius }) => celsius)),
      headroomCelsius: rooms.length === 0 ? null : Math.min(...rooms),
      sensors,
      coolings,
    };
  };
}

async function findZones(files: Files): Promise<Source[]> {
  const sources: Source[] = [];
  for (const zone of await listMatching(files, ZONES, /^thermal_zone\d+$/)) {
    const folder = `${ZONES}/${zone}`;
    const name = await orNull(readText(files, `${folder}/type`));
    if (name === null || CONSTANT.has(name)) continue;
    sources.push({ name, path: `${folder}/temp`, limitCelsius: await readTrip(files, folder) });
  }
  return sources;
}

/** The lowest point at which the kernel slows the machine down; if there is none, where it switches it off. */
async function readTrip(files: Files, zone: string): Promise<number | null> {
  const points: { type: string; celsius: number }[] = [];
  for (const name of await listMatching(files, zone, /^trip_point_\d+_type$/)) {
    const type = await orNull(readText(files, `${zone}/${name}`));
    const celsius = await readCelsius(files, `${zone}/${name.replace('_type', '_temp')}`);
    if (type !== null && celsius !== null && celsius > 0) points.push({ type, celsius });
  }
  for (const wanted of ['passive', 'hot', 'critical']) {
    const found = points.filter(({ type }) => type === wanted).map(({ celsius }) => celsius);
    if (found.length > 0) return Math.min(...found);
  }
  return null;
}

async function findMonitors(files: Files): Promise<Source[]> {
  const sources: Source[] = [];
  for (const monitor of await listMatching(files, MONITORS, /^hwmon\d+$/)) {
    const folder = `${MONITORS}/${monitor}`;
    const name = await orNull(readText(files, `${folder}/name`));
    if (name === null || !PROCESSOR_MONITORS.has(name)) continue;
    for (const input of await listMatching(files, folder, /^temp\d+_input$/)) {
      const sensor = input.replace('_input', '');
      const limitCelsius =
        (await readCelsius(files, `${folder}/${sensor}_max`)) ?? (await readCelsius(files, `${folder}/${sensor}_crit`));
      sources.push({ name: `${name} ${sensor}`, path: `${folder}/${input}`, limitCelsius });
    }
  }
  return sources;
}

async function findCoolers(files: Files): Promise<{ name: string; path: string }[]> {
  const coolers: { name: string; path: string }[] = [];
  for (const device of await listMatching(files, ZONES, /^cooling_device\d+$/)) {
    const name = await orNull(readText(files, `${ZONES}/${device}/type`));
    if (name !== null && SLOWING.test(name) && !/fan/i.test(name))
      coolers.push({ name, path: `${ZONES}/${device}/cur_state` });
  }
  return coolers;
}

async function readCelsius(files: Files, path: string): Promise<number | null> {
  const text = await orNull(readText(files, path));
  if (text === null || !/^-?\d{1,6}$/.test(text)) return null;
  const celsius = Number(text) / 1000;
  return celsius < COLDEST || celsius > HOTTEST ? null : celsius;
}
