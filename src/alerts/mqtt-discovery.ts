import { createHash } from 'node:crypto';
import type { DevicePlan } from './device-plan.ts';

export interface DiscoverySettings {
  /** `weir/<node>` */
  readonly base: string;
  readonly node: string;
  /** Where Home Assistant looks: `homeassistant`. */
  readonly prefix: string;
  readonly version: string;
}

/** Topics by which one daemon is known to Home Assistant, to find those of before. */
export function discoveryTopics({ prefix, node }: Pick<DiscoverySettings, 'prefix' | 'node'>): string {
  return `${prefix}/+/${nodeId(node)}/+/config`;
}

/** The retained messages by which Home Assistant knows a daemon's cameras, by topic: https://www.home-assistant.io/integrations/mqtt/ */
export function discoveryOf(plan: DevicePlan, settings: DiscoverySettings): Map<string, string> {
  const messages = new Map<string, string>();
  for (const { id, questions } of plan.cameras) {
    const add = (component: string, object: string, fields: object) => {
      const uniqueId = `${nodeId(settings.node)}_${object}`;
      const topic = `${settings.prefix}/${component}/${nodeId(settings.node)}/${object}/config`;
      messages.set(topic, JSON.stringify({ unique_id: uniqueId, ...fields, ...shared(id, settings) }));
    };
    const state = `${settings.base}/${id}/state`;
    add('sensor', `${id}-state`, {
      name: 'State',
      entity_category: 'diagnostic',
      state_topic: state,
      value_template: '{{ value_json.state }}',
    });
    for (const { id: question, text } of questions) {
      const value = `value_json.questions.get(${quoted(question)}, {})`;
      add('sensor', `${id}-label-${slug(question)}`, {
        name: text ?? question,
        state_topic: state,
        value_template: `{{ ${value}.get('label') or 'unknown' }}`,
        json_attributes_topic: state,
        json_attributes_template: `{{ ${value} | tojson }}`,
      });
    }
    for (const rule of plan.rules) {
      if (rule.cameras !== null && !rule.cameras.includes(id)) continue;
      if (rule.kind === 'event') {
        add('event', `${id}-rule-${slug(rule.id)}`, {
          name: rule.id,
          event_types: ['alert'],
          state_topic: `${settings.base}/${id}/alert`,
          // What another rule says is empty here, and passed over.
          value_template: `{% if value_json.rule == ${quoted(rule.id)} %}{{ {'event_type': 'alert', 'text': value_json.text} | tojson }}{% endif %}`,
        });
      } else {
        add('binary_sensor', `${id}-rule-${slug(rule.id)}`, {
          name: rule.id,
          state_topic: state,
          value_template: `{{ 'ON' if ${quoted(rule.id)} in value_json.rules else 'OFF' }}`,
        });
      }
    }
    add('image', `${id}-snapshot`, {
      name: 'Snapshot',
      image_topic: `${settings.base}/${id}/snapshot`,
      content_type: 'image/jpeg',
    });
  }
  return messages;
}

function shared(camera: string, { base, node, version }: DiscoverySettings): object {
  return {
    availability_topic: `${base}/status`,
    device: {
      identifiers: [`${nodeId(node)}_${camera}`],
      name: `Weir ${camera}`,
      manufacturer: 'Weir',
      model: 'Camera',
      sw_version: version,
    },
    origin: { name: 'Weir', sw_version: version },
  };
}

export function nodeId(node: string): string {
  return `weir_${slug(node)}`;
}

/** Only letters, digits, `-` and `_`, as ids must be; what that changes gets a sum, so that no two become one. */
function slug(text: string): string {
  const clean = text.replace(/[^A-Za-z0-9_-]/g, '_');
  return clean === text ? text : `${clean}_${createHash('sha256').update(text).digest('hex').slice(0, 6)}`;
}

/** A text inside of a template. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replace(/[{}]/g, '')}'`;
}
