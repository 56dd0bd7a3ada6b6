/**
 * Who a process is. A pid alone is never trusted: the kernel's own start marker makes it unique on
 * this machine, the nonce proves that an answer comes from the very process we started.
 */
import * as z from 'zod/mini';

/** The environment variable by which a process proves who started it. */
export const nonceVariable = 'HOLDFAST_NONCE';

export const identitySchema = z.object({
  pid: z.int().check(z.positive()),
  /** The kernel's start marker, opaque: compare for equality only. */
  startedAt: z.string().check(z.minLength(1), z.maxLength(64)),
  /** `nonceVariable` in its environment; empty for a process that we did not start. */
  nonce: z.string().check(z.maxLength(64)),
});
export type Identity = z.infer<typeof identitySchema>;

/** The ways to start a process outside the app that this version knows. */
export type Rung =
  | 'setsid'
  | 'systemd-run'
  | 'cgroup-move'
  | 'flatpak-spawn'
  | 'breakaway'
  | 'no-breakaway'
  | 'other-parent'
  | 'wmi'
  | 'scheduled-task';

/** How a process came to live outside the app, and how sure that is. */
export const escapeSchema = z.object({
  /** A `Rung`, or the name of one that a later version has added. */
  rung: z.string().check(z.minLength(1), z.maxLength(64)),
  proof: z.enum(['proven', 'assumed', 'impossible']),
  detail: z.string(),
});
export type Escape = z.infer<typeof escapeSchema>;
