import { type Files, listMatching, orNull, readNumber, readText, wholeNumber } from './files.ts';

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
const MAX_MILLIDEGREES = 200_000;

/** Reads all sensors. What cannot be read is left out: no state depends on a temperature alone. */
export async function readThermal(files: Files): Promise<Thermal> {
  const sensors = [...(await readZones(files)), ...(await readMonitors(files))];
  const headrooms = sensors.flatMap(({ celsius, limitCelsius }) =>
    limitCelsius === null ? [] : limitCelsius - celsius,
  );
  return {
    temperatureCelsius: sensors.length === 0 ? null : Math.max(...sensors.map(({ celsius }) => celsius)),
    headroomCelsius: headrooms.length === 0 ? null : Math.min(...headrooms),
    sensors,
    coolings: await readCoolings(files),
  };
}

async function readZones(files: Files): Promise<Sensor[]> {
  const sensors: Sensor[] = [];
  for (const zone of await listMatching(files, ZONES, /^thermal_zone\d+$/)) {
    const name = await orNull(readText(files, `${ZONES}/${zone}/type`));
    if (name === null || CONSTANT.has(name)) continue;
    const celsius = await readCelsius(files, `${ZONES}/${zone}/temp`);
    if (celsius === null) continue;
    sensors.push({ name, celsius, limitCelsius: await readTrip(files, `${ZONES}/${zone}`) });
  }
  return sensors;
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

async function readMonitors(files: Files): Promise<Sensor[]> {
  const sensors: Sensor[] = [];
  for (const monitor of await listMatching(files, MONITORS, /^hwmon\d+$/)) {
    const folder = `${MONITORS}/${monitor}`;
    const name = await orNull(readText(files, `${folder}/name`));
    if (name === null || !PROCESSOR_MONITORS.has(name)) continue;
    for (const input of await listMatching(files, folder, /^temp\d+_input$/)) {
      const celsius = await readCelsius(files, `${folder}/${input}`);
      if (celsius === null) continue;
      const limit =
        (await readCelsius(files, `${folder}/${input.replace('_input', '_max')}`)) ??
        (await readCelsius(files, `${folder}/${input.replace('_input', '_crit')}`));
      sensors.push({ name: `${name} ${input.replace('_input', '')}`, celsius, limitCelsius: limit });
    }
  }
  return sensors;
}

async function readCoolings(files: Files): Promise<string[]> {
  const coolings: string[] = [];
  for (const device of await listMatching(files, ZONES, /^cooling_device\d+$/)) {
    const type = await orNull(readText(files, `${ZONES}/${device}/type`));
    if (type === null || /fan/i.test(type) || !SLOWING.test(type)) continue;
    const state = await orNull(readNumber(files, `${ZONES}/${device}/cur_state`, 10_000));
    if (state !== null && state > 0) coolings.push(`slowed down to cool: ${type} at step ${state}`);
  }
  return coolings;
}

async function readCelsius(files: Files, path: string): Promise<number | null> {
  const text = await orNull(readText(files, path));
  if (text === null) return null;
  return await orNull(Promise.resolve().then(() => wholeNumber(text, path, -100_000, MAX_MILLIDEGREES) / 1000));
}
