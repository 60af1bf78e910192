import type { FitInput } from './fit-input.ts';
import { fitWithReport } from './fit-report.ts';
import { threadBody } from './thread.ts';

threadBody((input: FitInput, progress) => fitWithReport(input, progress));
