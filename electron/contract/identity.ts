/**
 * Who a process is. A pid alone is never trusted: the kernel's own start marker makes it unique on
 * this machine, the nonce proves that an answer comes from the very process we started.
 */
import * as z from 'zod/mini';

export const identitySchema = z.object({
  pid: z.int().check(z.positive()),
  /** The kernel's start marker, opaque: compare for equality only. */
  startedAt: z.string().check(z.minLength(1), z.maxLength(64)),
  /** What its environment carries as HOLDFAST_NONCE; empty for a process we did not start. */
  nonce: z.string().check(z.maxLength(64)),
});
export type Identity = z.infer<typeof identitySchema>;

/** How a process came to live outside the app, and how sure that is. */
export const escapeSchema = z.object({
  rung: z.enum([
    'setsid',
    'systemd-run',
    'cgroup-move',
    'flatpak-spawn',
    'breakaway',
    'no-breakaway',
    'other-parent',
    'wmi',
    'scheduled-task',
  ]),
  proof: z.enum(['proven', 'assumed', 'impossible']),
  detail: z.string(),
});
export type Escape = z.infer<typeof escapeSchema>;
