import { z } from 'zod';
import { apiCamera } from '../config/api-camera.ts';
import * as answers from './answers.ts';
import { labelsQuery, moveBody, snapshotQuery } from './requests.ts';

/** An operation of the API, as its document tells it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As it is registered: `/api/cameras/:id`. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  /** What a token needs, where one is needed. */
  readonly scope: 'read' | 'admin';
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly status: number;
  /** Name of the answer among `ANSWERS`; or the types of what is no JSON of Weir's; `null`: there is none. */
  readonly answer: keyof typeof ANSWERS | readonly string[] | null;
  /** Statuses of the errors that are its own. */
  readonly errors: readonly number[];
}

export const ANSWERS = {
  Camera: answers.camera,
  Cameras: answers.cameras,
  Figures: answers.figures,
  OperatingPoints: answers.points,
  Status: answers.status,
  Labels: answers.labels,
  Examples: answers.examplesAnswer,
  Teaching: answers.teaching,
  Alerts: answers.alerts,
  AlertTest: answers.alertTest,
} as const;

const CAMERA = '/api/cameras/:id';
const anything = z.looseObject({});

export const OPERATIONS: readonly Operation[] = [
  read('/api/status', 'status', 'The daemon as a whole', 'Status'),
  read('/api/cameras', 'cameras', 'Every camera, and the state of the clocks', 'Cameras'),
  {
    ...change('post', '/api/cameras', 'addCamera', 'Add a camera; it is kept over restarts', 'Camera', [409, 422, 507]),
    body: apiCamera,
    status: 201,
  },
  read(CAMERA, 'camera', 'A camera', 'Camera', [404]),
  {
    ...change('patch', CAMERA, 'changeCamera', 'Change a camera: a JSON Merge Patch', 'Camera', [404, 409, 422, 507]),
    body: apiCamera.partial(),
  },
  {
    ...change('delete', CAMERA, 'removeCamera', 'Remove a camera', null, [404, 409, 507]),
    status: 204,
  },
  change('post', `${CAMERA}/pause`, 'pauseCamera', 'Close a camera’s source', 'Camera', [404, 409, 507]),
  change('post', `${CAMERA}/resume`, 'resumeCamera', 'Open it again', 'Camera', [404, 409, 507]),
  {
    ...read(
      `${CAMERA}/snapshot.jpg`,
      'snapshot',
      'The newest picture, at most a second old',
      ['image/jpeg'],
      [404, 503],
    ),
    query: snapshotQuery,
  },
  read(`${CAMERA}/figures`, 'figures', 'What it has done since the daemon began', 'Figures', [404]),
  read(
    `${CAMERA}/operating-points`,
    'operatingPoints',
    'What it may cost, and how right it is then',
    'OperatingPoints',
    [404, 503],
  ),
  {
    ...change(
      'put',
      `${CAMERA}/operating-point`,
      'moveOperatingPoint',
      'Decide at another operating point from the next frame on',
      'OperatingPoints',
      [404, 409, 422, 507],
    ),
    body: moveBody,
  },
  {
    ...read('/api/labels', 'labels', 'What was said before: a page, or all of it as a file', 'Labels', [404, 409]),
    query: labelsQuery,
  },
  admin('get', `${CAMERA}/examples`, 'examples', 'Pictures that were kept to be labelled', 'Examples'),
  admin('delete', `${CAMERA}/examples`, 'removeExamples', 'Take all of them away', 'Examples'),
  {
    ...admin('post', `${CAMERA}/examples/labels`, 'labelExamples', 'Give them labels', 'Examples'),
    body: anything,
  },
  admin('get', `${CAMERA}/examples/:example.jpg`, 'examplePicture', 'A picture', ['image/jpeg']),
  admin('get', `${CAMERA}/examples/:example.webp`, 'exampleAsKept', 'It as it was classified', ['image/webp']),
  admin('delete', `${CAMERA}/examples/:example`, 'removeExample', 'Take one away', 'Examples'),
  { ...admin('post', `${CAMERA}/teach`, 'teach', 'Teach the camera by them', 'Teaching'), body: anything, status: 202 },
  read(`${CAMERA}/teach`, 'teaching', 'How far that is', 'Teaching', [404]),
  read('/api/alerts', 'alerts', 'The rules of alerts, what they raised of late, and how it gets away', 'Alerts'),
  {
    ...change('post', '/api/alerts/test', 'testAlert', 'Send an alert by hand', 'AlertTest', [422]),
    body: z.strictObject({ to: z.array(z.string()).nullable().optional() }),
  },
  read('/api/openapi.json', 'document', 'This document', ['application/json']),
  read('/api/asyncapi.json', 'protocol', 'The WebSocket protocol, as an AsyncAPI document', ['application/json']),
  read('/api/schemas/weir.v1.json', 'messages', 'JSON Schema of its messages', ['application/json']),
];

function read(
  path: string,
  id: string,
  summary: string,
  answer: Operation['answer'],
  errors: readonly number[] = [],
): Operation {
  return { method: 'get', path, id, summary, scope: 'read', status: 200, answer, errors };
}

function change(
  method: Operation['method'],
  path: string,
  id: string,
  summary: string,
  answer: Operation['answer'],
  errors: readonly number[],
): Operation {
  return { method, path, id, summary, scope: 'admin', status: 200, answer, errors };
}

function admin(
  method: Operation['method'],
  path: string,
  id: string,
  summary: string,
  answer: Operation['answer'],
): Operation {
  return change(method, path, id, summary, answer, [404, 409]);
}
