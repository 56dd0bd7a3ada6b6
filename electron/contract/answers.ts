/** What the command line answers with `--json`: programs rely on these shapes. */
import * as z from 'zod/mini';

const schema = z.literal(1);

/** Of `holdfast diagnostics --json`. */
export const diagnosticsAnswerSchema = z.object({
  schema,
  /** Where it was written; null when it was only listed. */
  file: z.nullable(z.string()),
  bytes: z.int(),
  files: z.array(
    z.object({
      name: z.string(),
      bytes: z.int(),
      /** Only the end of it is in there. */
      cut: z.boolean(),
    }),
  ),
  /** Files that are not in it, and why: sentence parts. */
  leftOut: z.array(z.object({ name: z.string(), why: z.string() })),
});
export type DiagnosticsAnswer = z.infer<typeof diagnosticsAnswerSchema>;
