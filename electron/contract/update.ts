/**
 * The life of an update as the window sees it; the transitions are in update/'s reducer.
 * Sizes are bytes, rates bytes per second, times epoch milliseconds.
 */
import * as z from 'zod/mini';
import { problemSchema } from './gateway.ts';
import { updatePhaseNames } from './update-phases.ts';

const offer = { version: z.string(), notes: z.string(), size: z.nullable(z.number()) };

export const updateStateSchema = z.discriminatedUnion('status', [
  /** This build cannot update itself; `problem` says why and what to do instead. */
  z.strictObject({ status: z.literal('unavailable'), problem: problemSchema }),
  z.strictObject({ status: z.literal('idle'), checkedAt: z.nullable(z.number()) }),
  z.strictObject({ status: z.literal('checking') }),
  z.strictObject({ status: z.literal('up-to-date'), checkedAt: z.number() }),
  z.strictObject({ status: z.literal('available'), ...offer }),
  z.strictObject({
    status: z.literal('downloading'),
    ...offer,
    transferred: z.number(),
    total: z.number(),
    rate: z.number(),
  }),
  /** What has arrived is kept, and the download goes on from there. */
  z.strictObject({
    status: z.literal('paused'),
    ...offer,
    transferred: z.number(),
    total: z.number(),
  }),
  z.strictObject({ status: z.literal('ready'), ...offer }),
  /** Preflight, staging of what ships, plan and journal: nothing has been touched yet. */
  z.strictObject({ status: z.literal('preparing'), ...offer }),
  z.strictObject({ status: z.literal('releasing'), ...offer, deadline: z.number() }),
  /** Other programs hold the files; the user decides. */
  z.strictObject({
    status: z.literal('held'),
    ...offer,
    holders: z.array(z.strictObject({ pid: z.int(), name: z.string() })),
  }),
  z.strictObject({ status: z.literal('installing'), ...offer }),
  /** The watcher has the duties; the app is about to quit, or was started while they last. */
  z.strictObject({
    status: z.literal('handed-over'),
    version: z.string(),
    phase: z.enum(updatePhaseNames),
  }),
  z.strictObject({
    status: z.literal('failed'),
    problem: problemSchema,
    /** What the Retry button does; the offer is kept so that nothing is downloaded twice. */
    retry: z.enum(['check', 'download', 'install', 'return']),
    offer: z.nullable(z.strictObject(offer)),
  }),
]);
export type UpdateState = z.infer<typeof updateStateSchema>;
export type UpdateStatus = UpdateState['status'];
export interface Offer {
  readonly version: string;
  readonly notes: string;
  readonly size: number | null;
}
