import { randomUUID } from 'node:crypto';
import { LogTarget } from '../alerts/log-target.ts';
import { loadMqtt, type MqttSettings, openMqtt } from '../alerts/mqtt.ts';
import type { Target } from '../alerts/target.ts';
import { Webhook } from '../alerts/webhook.ts';
import { canonicalJson } from '../artifact/write.ts';
import { type AlertsConfig, MQTT, targetsOf } from '../config/alerts.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import type { Logger } from '../service/log.ts';
import { packageVersion } from './package-version.ts';

const RECONNECT_MS = 2_000;
const MQTT_TIMEOUT_MS = 10_000;
/** Instead of a prefix: Home Assistant is told nothing. */
const NO_DISCOVERY = 'none';

/** @throws WeirError `mqtt-missing` */
export async function openTarget(id: string, { webhooks, mqtt }: AlertsConfig, log: Logger): Promise<Target> {
  const webhook = webhooks.find((hook) => hook.id === id);
  if (webhook !== undefined) {
    const { url, secret = null, timeoutMs } = webhook;
    return new Webhook({ id, url, secret, timeoutMs }, () => SYSTEM_CLOCK.unixMs());
  }
  if (id !== MQTT || mqtt === undefined) return new LogTarget(id, log);
  const onTrouble = (text: string) => log.warn({ target: id }, `MQTT: ${text}`);
  return await openMqtt(mqttOf(mqtt), { onTrouble, load: loadMqtt });
}

function mqttOf(mqtt: NonNullable<AlertsConfig['mqtt']>): MqttSettings {
  const { url, username = null, password = null, node, topic, discovery } = mqtt;
  return {
    ...{ id: MQTT, url, username, password, node, version: packageVersion() },
    base: `${topic}/${node}`,
    prefix: discovery,
    isDiscovered: discovery !== NO_DISCOVERY,
    clientId: `weir-${node}-${randomUUID().slice(0, 8)}`,
    timeoutMs: MQTT_TIMEOUT_MS,
    reconnectMs: RECONNECT_MS,
  };
}

/** By target all that it is opened with, as text. */
export function settingsOf(config: AlertsConfig): Map<string, string> {
  const { webhooks, mqtt, maxWaiting, maxMegabytes, giveUpAfterHours } = config;
  return new Map(
    targetsOf(config).map((id) => {
      const own = id === MQTT ? mqtt : webhooks.find((hook) => hook.id === id);
      return [id, canonicalJson({ own: own ?? null, maxWaiting, maxMegabytes, giveUpAfterHours })];
    }),
  );
}
