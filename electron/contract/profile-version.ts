/**
 * The part of a profile that says how its gateway tells its version, and what names the newest one; and
 * what the commands of a profile have in common.
 */
import * as z from 'zod/mini';
import { isSafeAddress } from './address.ts';
import { httpPath, milliseconds, text, withoutNul } from './probes.ts';

export const argumentList = z
  .array(z.string().check(z.maxLength(32_768), withoutNul))
  .check(z.maxLength(256));
/** The arguments of a command; none by default. */
export const commandArguments = z._default(argumentList, []);

const variableName = z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/));
export const variables = z.record(variableName, z.string().check(withoutNul));

/**
 * Where a version stands in a JSON answer: names joined by dots (`registry.latest`) or a JSON pointer
 * (`/registry/latest`). Absent: the first thing in the text that looks like a version.
 */
const versionField = z.optional(
  z
    .string()
    .check(
      z.regex(
        /^(?:\/[^\s]*|[\w@-]+(?:\.[\w@-]+){0,15})$/,
        'must be names joined by dots, or a JSON pointer that starts with /',
      ),
      z.maxLength(512),
    ),
);

/** A command beside the gateway's own: run in its environment. */
export const besideCommand = {
  command: text,
  args: commandArguments,
  cwd: z.optional(text),
  /** Variables of the gateway that this command does not get. */
  without: z.optional(z.array(variableName).check(z.maxLength(64))),
};

const versionCommand = z.strictObject({
  type: z.literal('command'),
  ...besideCommand,
  field: versionField,
  timeoutMs: z._default(milliseconds.check(z.gte(100)), 30_000),
});

/** How a gateway tells its own version. */
export const installedSchema = z.discriminatedUnion('type', [
  /** Asked at its own port. */
  z.strictObject({ type: z.literal('http'), path: httpPath, field: versionField }),
  versionCommand,
  /** `{data}` and relative paths: its data folder. */
  z.strictObject({ type: z.literal('file'), path: text, field: versionField }),
]);
export type InstalledSource = z.infer<typeof installedSchema>;

/** What names the newest version there is. */
export const newestSchema = z.discriminatedUnion('type', [
  versionCommand,
  z.strictObject({
    type: z.literal('http'),
    url: z.url({ protocol: /^https?$/ }).check(
      z.maxLength(2048),
      z.refine<string>((url) => URL.canParse(url) && isSafeAddress(new URL(url)), {
        error: 'must be https, or http on this machine',
      }),
    ),
    field: versionField,
  }),
]);
export type NewestSource = z.infer<typeof newestSchema>;
export type VersionCommand = z.infer<typeof versionCommand>;
