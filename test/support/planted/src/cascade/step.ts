// Planted violations for test/repository.test.ts: a pure folder that reaches into inference, and a cycle.

import type { Settings } from '../decode/settings.ts';
import { load } from '../infer/load.ts';

export const decide = (settings: Settings) => load(settings.path);
