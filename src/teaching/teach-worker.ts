import { threadBody } from '../premodel/thread.ts';
import type { TeachInput } from './input.ts';
import { teach } from './teach.ts';

threadBody((input: TeachInput, progress) => teach(input, progress));
