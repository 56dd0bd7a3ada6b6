/** The question for what gateways use, and its answer. */
import * as z from 'zod/mini';
import { nothing } from './define.ts';
import { profileIdSchema } from './profile.ts';

export const usageSchema = z.object({
  /** Bytes, of all its processes. */
  memory: z.number(),
  /** Milliseconds of processor time so far. */
  usedMs: z.number(),
  processes: z.int(),
});

export const usageSampleSchema = z.object({
  /** When, in milliseconds by a clock that only rises: for comparing with another answer of this watcher. */
  at: z.number(),
  /** Those that run on this machine. */
  gateways: z.record(profileIdSchema, usageSchema),
});
export type UsageSample = z.infer<typeof usageSampleSchema>;

export const usageCalls = {
  /** Measures the gateways now; who asks again within half a second gets the same answer. */
  'usage.sample': { input: nothing, output: usageSampleSchema },
} as const;
