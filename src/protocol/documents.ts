import { z } from 'zod';
import { authMessage, subscribeMessage } from './client-schemas.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';
import { serverMessage, serverMessages } from './server-schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const clientMessages = {
  auth: authMessage.describe('Who asks, where the request did not say so.').meta({ id: 'Auth' }),
  subscribe: subscribeMessage
    .describe('What to send from now on. Takes the place of the subscription before.')
    .meta({ id: 'Subscribe' }),
};

const clientMessage = z
  .discriminatedUnion('type', [clientMessages.auth, clientMessages.subscribe])
  .describe('What a client sends. Fields that are not known are ignored.')
  .meta({ id: 'ClientMessage' });

const anyMessage = z.union([serverMessage, clientMessage]);

/**
 * JSON Schema (2020-12) of every message of `weir.v1+json`.
 *
 * @param further whether messages may have fields that are not known, as clients are to expect
 */
export function messagesSchema(further: boolean): Json {
  const { $schema, ...schema } = z.toJSONSchema(anyMessage, { io: further ? 'input' : 'output' });
  return {
    $schema,
    $id: 'urn:weir:weir.v1',
    title: 'weir.v1+json',
    description: 'Messages between Weir and its subscribers over WebSocket.',
    ...schema,
  };
}

/** AsyncAPI 3.0 document of `/v1/labels`. */
export function asyncApiDocument(): Json {
  const draft7 = z.toJSONSchema(anyMessage, { io: 'input', target: 'draft-7' });
  const schemas = JSON.parse(
    JSON.stringify(draft7.definitions ?? {}).replaceAll('#/definitions/', '#/components/schemas/'),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Weir',
      version: '1.0.0',
      description:
        'Labels, events and states of cameras over WebSocket, subprotocol `weir.v1+json`. See docs/protocol.md for how to come back without loss, and what is closed with which code.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      local: {
        host: '127.0.0.1:8700',
        protocol: 'ws',
        description: 'As it is configured without a file; `wss` where there is a certificate.',
        security: [{ $ref: '#/components/securitySchemes/token' }],
      },
    },
    channels: {
      labels: {
        address: '/v1/labels',
        messages: references(
          [...Object.keys(serverMessages), ...Object.keys(clientMessages)],
          '#/components/messages/',
        ),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: {
      tell: operation('send', 'What the daemon tells a subscriber.', serverMessages),
      hear: operation('receive', `What a subscriber says: at most ${MAX_PAYLOAD_BYTES} bytes.`, clientMessages),
    },
    components: {
      messages: { ...described(serverMessages), ...described(clientMessages) },
      schemas,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'Of `weir token create`; not needed on loopback, unless configured. In the header, as subprotocol `weir.token.<token>`, or by a first message `auth`. Never in the URL.',
        },
      },
    },
  };
}

/** The documents that are published with the package, by their file's name. */
export function publishedDocuments(): Readonly<Record<'asyncapi.json' | 'weir.v1.json', Json>> {
  return { 'asyncapi.json': asyncApiDocument(), 'weir.v1.json': messagesSchema(true) };
}

type Messages = Readonly<Record<string, z.ZodType>>;

function described(messages: Messages): Json {
  return Object.fromEntries(
    Object.entries(messages).map(([name, schema]) => {
      const { id, description } = schema.meta() ?? {};
      return [name, { name, title: id, summary: description, payload: { $ref: `#/components/schemas/${id}` } }];
    }),
  );
}

function operation(action: 'send' | 'receive', summary: string, messages: Messages): Json {
  const channel = '#/channels/labels';
  return {
    action,
    summary,
    channel: { $ref: channel },
    messages: Object.keys(messages).map((name) => ({ $ref: `${channel}/messages/${name}` })),
  };
}

function references(names: readonly string[], where: string): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `${where}${name}` }]));
}
