/** Snapshots and patches as they travel. */
import * as z from 'zod/mini';

const changeSchema = z.strictObject({
  path: z.array(z.string()).check(z.maxLength(32)),
  /** Absent: the key was removed. */
  value: z.optional(z.json()),
});
export type Change = z.infer<typeof changeSchema>;

export const patchSchema = z.strictObject({
  /** The revision this patch leads to; it applies to `revision - 1` only. */
  revision: z.int().check(z.positive()),
  changes: z.array(changeSchema),
});
export type Patch = z.infer<typeof patchSchema>;

/** A snapshot of `state`, with the revision its patches continue from. */
export function snapshotSchema<S extends z.ZodMiniType>(state: S) {
  return z.strictObject({ revision: z.int().check(z.nonnegative()), state });
}
