/**
 * A profile: everything Holdfast knows about how to run one gateway, as the user wrote it.
 * One JSON file per profile in the state folder; broken ones are refused with a sentence.
 */
import * as z from 'zod/mini';
import { agentRights } from './agents.ts';
import {
  expectSchema,
  heartbeatSchema,
  hostSchema,
  httpPath,
  httpsSchema,
  livenessSchema,
  milliseconds,
  readinessSchema,
  reportSchema,
  text,
} from './probes.ts';
import { updateSchema } from './profile-update.ts';
import { commandArguments, variables } from './profile-version.ts';

/** The newest profile format that this Holdfast reads; newer files are left alone, with a message. */
export const newestProfileSchema = 1;
/** A profile is a page of JSON; anything larger is not one. */
export const profileMaxBytes = 64 * 1024;

export const profileIdSchema = z
  .string()
  .check(z.regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'must be 1–40 of a–z, 0–9 and -'));

const port = z.int().check(z.gte(1), z.lte(65535));

const programSchema = z.discriminatedUnion('type', [
  /** Ships with Holdfast and runs from the staged folder; `args` are added to its own. */
  z.strictObject({
    type: z.literal('shipped'),
    name: z.literal('reference-gateway'),
    args: commandArguments,
  }),
  z.strictObject({
    type: z.literal('command'),
    command: text,
    args: commandArguments,
    cwd: z.optional(text),
  }),
  /** On another machine: asked at its address and shown, never started or stopped. */
  z.strictObject({
    type: z.literal('remote'),
    url: z.url({ protocol: /^https?$/ }).check(z.maxLength(2048)),
    everyMs: z.optional(milliseconds.check(z.gte(1_000))),
    expect: z.optional(expectSchema),
  }),
]);

/** Where an answer carries build and nonce, so that a new build can be verified, not assumed. */
const statusSchema = z.strictObject({ path: httpPath });

/**
 * How it is asked to stop. Absent: by its signal; on Windows, where none is heard, what ships with
 * Holdfast is asked by its pipe and any other command is ended without being asked.
 */
const stopBySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('signal') }),
  /** A line `stop` on the pipe or socket that its variable HOLDFAST_STOP_PIPE names. */
  z.strictObject({ type: z.literal('pipe') }),
  /** A file that appears, with a line `stop`; `{data}` and relative paths: its data folder. */
  z.strictObject({ type: z.literal('file'), path: text }),
  /** A request to its own port; any answer below 400 counts. */
  z.strictObject({
    type: z.literal('http'),
    path: httpPath,
    method: z._default(z.enum(['POST', 'PUT', 'DELETE', 'GET']), 'POST'),
  }),
  /**
   * Hermes' planned-stop marker: a file that names the process that should stop. Then its signal,
   * where signals are heard; without the marker Hermes takes that for an accident.
   */
  z.strictObject({
    type: z.literal('planned-stop'),
    path: text,
    /** Its own record of its pid: behind a wrapper it is another than the one that was started. */
    pidFile: z.optional(text),
  }),
]);

/** How the process before a gateway (`"listen": "fronted"`) holds connections and passes them on. */
const frontSchema = z.strictObject({
  /** How long a new connection waits for the gateway. */
  holdMs: z._default(milliseconds.check(z.gte(1_000)), 60_000),
  /** How many may wait; further ones are closed. */
  maxHeld: z._default(z.int().check(z.gte(1), z.lte(16_384)), 1_024),
  /** Begins each connection with the client's address, by version 1 of the PROXY protocol. */
  proxyProtocol: z._default(z.boolean(), false),
});

const profileFields = z.strictObject({
  schema: z.literal(newestProfileSchema),
  id: profileIdSchema,
  name: z.string().check(z.minLength(1), z.maxLength(80)),
  program: programSchema,
  env: z._default(variables, {}),
  port: z.optional(port),
  /**
   * Where it listens, when that is not the loopback. Addresses at which its own processes are seen to
   * listen on its port are asked too; this helps where they can't be seen.
   */
  host: z.optional(hostSchema),
  /**
   * Who opens its port. `passed`: the watcher, which passes the listening socket to every process of
   * the gateway (systemd's protocol) and holds it in between: connections wait, none is refused.
   * `fronted`: a small process before the gateway, which passes connections on to a private port of
   * the gateway and holds new ones while it is away. Absent: the gateway itself.
   */
  listen: z.optional(z.enum(['passed', 'fronted'])),
  front: z.optional(frontSchema),
  /** Its port speaks TLS: every question to it (readiness, liveness, status, report, stop) does too. */
  https: z.optional(httpsSchema),
  readiness: z._default(readinessSchema, { type: 'started' }),
  liveness: z.optional(livenessSchema),
  heartbeat: z.optional(heartbeatSchema),
  report: z.optional(reportSchema),
  /** A file that it keeps locked while it lives: another process that holds the lock is this gateway, run by others. */
  lock: z.optional(z.strictObject({ path: text })),
  /**
   * Services that run this same gateway where it was installed as one: names of systemd units and
   * launchd labels, `*` for anything. One that runs is shown as the gateway's owner.
   */
  services: z.optional(
    z.array(z.string().check(z.minLength(1), z.maxLength(120))).check(z.maxLength(16)),
  ),
  status: z.optional(statusSchema),
  /** A slow start is not a hang: how long until ready before it counts as failed. */
  startTimeoutMs: z._default(milliseconds, 60_000),
  stop: z._default(
    z.strictObject({
      by: z.optional(stopBySchema),
      /** Also when it can't be asked as `by` says. */
      signal: z._default(z.enum(['SIGTERM', 'SIGINT']), 'SIGTERM'),
      graceMs: z._default(milliseconds, 10_000),
    }),
    { signal: 'SIGTERM', graceMs: 10_000 },
  ),
  /** Exit contract: 75 asks for a restart, 78 says a restart is pointless (sysexits.h). */
  exitCodes: z._default(z.strictObject({ restart: z.array(z.int()), fatal: z.array(z.int()) }), {
    restart: [75],
    fatal: [78],
  }),
  update: z._default(updateSchema, { policy: 'keep' }),
  /** What agents may do with it; absent: look. */
  agents: z.optional(z.enum(agentRights)),
  /** Started with the watcher; false: only when asked. */
  autostart: z._default(z.boolean(), true),
});

export const profileSchema = profileFields.check(
  z.refine(({ readiness, report }) => readiness.type !== 'report' || report !== undefined, {
    path: ['report'],
    error: 'is needed for readiness by report',
  }),
  z.refine(({ stop, port: own }) => stop.by?.type !== 'http' || own !== undefined, {
    path: ['port'],
    error: 'is needed to stop it by HTTP',
  }),
  z.refine(({ listen, port: own }) => listen === undefined || own !== undefined, {
    path: ['port'],
    error: 'is needed for "listen"',
  }),
  z.refine(({ listen, program }) => listen === undefined || program.type !== 'remote', {
    path: ['listen'],
    error: 'is of no use for a gateway on another machine',
  }),
  z.refine(({ listen, front }) => listen === 'fronted' || front === undefined, {
    path: ['front'],
    error: 'is for a gateway with "listen": "fronted"',
  }),
  z.refine(({ listen, readiness }) => listen !== 'passed' || readiness.type !== 'tcp', {
    path: ['readiness'],
    error:
      'can’t be tcp with a passed socket, on which connections wait whether or not the gateway takes them: choose http, stdout or report',
  }),
  z.refine(
    ({ update, port: own }) =>
      update.policy === 'swap' || update.version?.type !== 'http' || own !== undefined,
    { path: ['port'], error: 'is needed to ask its version by HTTP' },
  ),
  z.refine(
    ({ update }) =>
      update.policy === 'swap' ||
      update.confirmMs === undefined ||
      !/^(idle|night)$/.test(update.when ?? ''),
    {
      path: ['update', 'confirmMs'],
      error: 'can’t be together with "when": "idle" or "night", where nobody is there to keep it',
    },
  ),
  z.refine(
    ({ stop, program }) =>
      program.type !== 'shipped' || stop.by === undefined || /^(signal|pipe)$/.test(stop.by.type),
    {
      path: ['stop', 'by'],
      error: 'must be signal or pipe for a gateway that ships with Holdfast',
    },
  ),
);

/** The part of a profile that a process was started with: how it is checked, and how it is stopped. */
export const runSpecSchema = z.pick(profileFields, {
  port: true,
  host: true,
  listen: true,
  https: true,
  readiness: true,
  liveness: true,
  heartbeat: true,
  report: true,
  status: true,
  startTimeoutMs: true,
  stop: true,
});
export type RunSpec = z.infer<typeof runSpecSchema>;

export type Profile = z.infer<typeof profileSchema>;
export type ProfileInput = z.input<typeof profileSchema>;
export type StopBy = z.infer<typeof stopBySchema>;
