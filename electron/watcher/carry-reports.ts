/** What a stop and a start tell, in the words of the journal. */
import type * as z from 'zod/mini';
import type { startReportSchema, stopReportSchema } from '../handoff/events.ts';

export type StopReport = z.infer<typeof stopReportSchema>;
export type StartReport = z.infer<typeof startReportSchema>;
