import { cameraUnknown, WeirError } from '../errors.ts';
import { mayRead, type Principal } from '../principal.ts';
import type { LabelArchive, LabelQuery } from '../sinks/past.ts';
import { principalOf, type Routes } from './api.ts';
import { FILE_BOUNDS, type FileBounds, LabelFiles } from './labels-file.ts';
import { LABEL_TYPES, type LabelsQuery, labelsQuery, parsed } from './requests.ts';

export interface LabelsService {
  /** `null`: nothing is kept. */
  readonly archive: () => LabelArchive | null;
  /** Number of the newest message. */
  readonly last: () => number;
  /** Ids of the cameras that there are now. */
  readonly cameras: () => readonly string[];
}

const USUAL_LIMIT = 100;

/** `/api/labels`: what was said before, a page at a time, or all of it as a file. */
export function labelsRoutes({ archive, last, cameras }: LabelsService, bounds: FileBounds = FILE_BOUNDS): Routes {
  const files = new LabelFiles(bounds);
  return (app) => {
    app.get('/api/labels', async (request, reply) => {
      const query = parsed(labelsQuery, request.query);
      const asked = queryOf(query, principalOf(request));
      const kept = archive() ?? historyOff();
      const there = new Set(cameras());
      for (const id of new Set(query.camera)) if (!there.has(id)) await requireKept(id, kept);
      const { format, limit } = query;
      if (format !== 'json') return await files.send(request, reply, kept, asked, { format, limit, last: last() });
      const { items, next } = await kept.labels({ ...asked, limit: limit ?? USUAL_LIMIT });
      // As they were sent: they are not taken apart to be put together again.
      const text = `{"items":[${items.map((item) => item.text).join(',')}],"next":${JSON.stringify(next?.toString() ?? null)}}`;
      return reply.type('application/json; charset=utf-8').send(text);
    });
  };
}

function queryOf(query: LabelsQuery, principal: Principal): Omit<LabelQuery, 'limit'> {
  const { camera, question, from, to, every, types, cursor, order } = query;
  for (const id of camera ?? []) if (!mayRead(principal, id)) throw cameraUnknown(id);
  return {
    cameras: camera ?? principal.cameras,
    ...(question === undefined ? {} : { questions: question }),
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
    every,
    types,
    ...(cursor === undefined ? {} : { afterSeq: cursor }),
    order,
  };
}

/** A camera that is gone may have left messages. @throws WeirError `camera-unknown` where it has not; of the history */
async function requireKept(camera: string, archive: LabelArchive): Promise<void> {
  const { items } = await archive.labels({
    cameras: [camera],
    every: 'frame',
    types: [...LABEL_TYPES],
    limit: 1,
    order: 'newest',
  });
  if (items.length === 0) throw cameraUnknown(camera);
}

function historyOff(): never {
  throw new WeirError('history-off', 'no history is kept', {
    remedy: 'set `history.enabled: true` in the configuration, and restart Weir',
  });
}
