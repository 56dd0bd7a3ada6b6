/** The kinds of gateways that Holdfast can add, which of them were found on this machine, and their forms. */
import * as z from 'zod/mini';
import { ownerSchema } from './gateway.ts';
import { profileIdSchema, profileSchema } from './profile.ts';

const presetFieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  placeholder: z.string(),
  hint: z.optional(z.string()),
  optional: z.optional(z.boolean()),
});
export type PresetField = z.infer<typeof presetFieldSchema>;

export const presetViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  about: z.string(),
  /** Empty: it has no form, and is added only where it was found. */
  fields: z.array(presetFieldSchema),
  found: z.array(
    z.object({
      profile: profileSchema,
      where: z.string(),
      /** Who runs it now; null: nobody. Absent: that is not known. */
      owner: z.optional(z.nullable(ownerSchema)),
    }),
  ),
});
export type PresetView = z.infer<typeof presetViewSchema>;

/** A health check for a gateway that has none, and its profile with that check. */
export const suggestionSchema = z.object({
  /** Where it listens. */
  port: z.int(),
  /** The health address that it answers; null when it answers none of the usual ones. */
  path: z.nullable(z.string()),
  profile: profileSchema,
});
export type Suggestion = z.infer<typeof suggestionSchema>;

/** What this machine has to say about a profile before it is saved. */
export const profileCheckSchema = z.strictObject({
  /** The gateway that is edited; absent for a new one. */
  id: z.optional(profileIdSchema),
  /** Absent where the program is not the user's to choose. */
  command: z.optional(z.string().check(z.maxLength(4096))),
  cwd: z.optional(z.string().check(z.maxLength(4096))),
  port: z.optional(z.int().check(z.gte(1), z.lte(65_535))),
});
export type ProfileCheck = z.infer<typeof profileCheckSchema>;

export const machineFindingSchema = z.object({
  field: z.enum(['line', 'folder', 'port']),
  message: z.string(),
});
export type MachineFinding = z.infer<typeof machineFindingSchema>;

/** What came of running a profile's program for some seconds. */
export const trialSchema = z.object({
  /** It ran until it was ended. */
  ran: z.boolean(),
  /** In one sentence or two. */
  outcome: z.string(),
  /** The last lines that it printed. */
  lines: z.array(z.string()),
});
export type Trial = z.infer<typeof trialSchema>;

const presetValuesSchema = z
  .record(z.string().check(z.maxLength(40)), z.string().check(z.maxLength(4096)))
  .check(z.refine((values) => Object.keys(values).length <= 16, 'has too many fields'));

export const presetInputSchema = z.strictObject({
  id: z.string().check(z.maxLength(40)),
  values: presetValuesSchema,
});
