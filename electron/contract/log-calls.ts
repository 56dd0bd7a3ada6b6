/**
 * Looking through all that is kept of a gateway's log: its older files and the live one, as one row of
 * bytes. A `position` is a byte in that row; a line is known by the position just after it. When the log is
 * rotated, positions change, and `set` with them: a position means something only together with its set.
 */
import * as z from 'zod/mini';
import { logLevels } from './log-level.ts';
import { profileIdSchema } from './profile.ts';

export const logLineSchema = z.object({
  /** Byte offset in the log file just after the line: unique and rising until it is rotated. */
  offset: z.number(),
  text: z.string(),
  /** It has no line end yet: the next line replaces it and goes on from it. */
  open: z.optional(z.boolean()),
});
export type LogLine = z.infer<typeof logLineSchema>;

export const logQuerySchema = z.strictObject({
  /** Empty: every line, as far as the level lets it through. */
  text: z.string().check(z.maxLength(500)),
  caseSensitive: z.boolean(),
  /** `text` is a regular expression. */
  regex: z.boolean(),
  /** Only lines that are at least as bad; null: all lines, also those that say no level. */
  level: z.nullable(z.enum(logLevels)),
});
export type LogQuery = z.infer<typeof logQuerySchema>;

const position = z.number().check(z.gte(0));
const setSchema = z.string().check(z.maxLength(400));

/** What is known of the row of files. */
const setFields = {
  set: setSchema,
  /** The position at which the live file begins: a line that is followed lies there plus its `offset`. */
  live: z.number(),
};

/** The most lines that a page, a search or a question for marks is about. */
export const maxPageLines = 1_000;
export const maxFoundLines = 5_000;
export const maxMarkedLines = 500;

export const logCalls = {
  /**
   * Searches all of it, or what was added since an earlier search ended at `from`. Another search on the
   * same connection ends this one, which then fails. Fails with a sentence when the expression is none, or
   * takes too long.
   */
  'log.search': {
    input: z.strictObject({
      id: profileIdSchema,
      query: logQuerySchema,
      from: z.optional(z.strictObject({ set: setSchema, at: position })),
      /** How many of the newest matching lines are sent with their text. */
      lines: z.int().check(z.gte(0), z.lte(maxFoundLines)),
    }),
    output: z.object({
      ...setFields,
      /** All was searched: there was no `from`, or its set is no more. */
      whole: z.boolean(),
      /** How many lines match, and the newest of them by their positions, oldest first. */
      count: z.int(),
      hits: z.array(z.number()),
      /** The newest matching lines; `offset` is the position. */
      lines: z.array(logLineSchema),
      /** Up to here, the end of a line, it was searched. */
      end: z.number(),
    }),
  },
  /**
   * The lines around the one that ends at `at`: up to `before` that end there or earlier, and up to `after`
   * after it. With another `set` than the present one there are no lines. `offset` is the position.
   */
  'log.read': {
    input: z.strictObject({
      id: profileIdSchema,
      set: setSchema,
      at: position,
      before: z.int().check(z.gte(0), z.lte(maxPageLines)),
      after: z.int().check(z.gte(0), z.lte(maxPageLines)),
    }),
    output: z.object({
      ...setFields,
      lines: z.array(logLineSchema),
      /** The first line is the first that is kept; the last is the last that is finished. */
      atBegin: z.boolean(),
      atEnd: z.boolean(),
    }),
  },
  /** Where the query matches within each of these lines: begin, end, begin, end … */
  'log.marks': {
    input: z.strictObject({
      query: logQuerySchema,
      lines: z.array(z.string().check(z.maxLength(20_000))).check(z.maxLength(maxMarkedLines)),
    }),
    output: z.array(z.array(z.int())),
  },
} as const;
