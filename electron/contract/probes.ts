/**
 * How a gateway is checked: when it counts as ready, how it is known to be alive later, and where
 * it reports how it is. Part of a profile (profile.ts). Paths of files and sockets may hold
 * `{data}`; relative ones lie in the gateway's data folder.
 */
import * as z from 'zod/mini';

export const milliseconds = z.int().check(z.gte(0), z.lte(3_600_000));
/** A NUL ends a string for the system: what stands behind it would silently be left out. */
export const withoutNul = z.refine<string>((value) => !value.includes('\0'), {
  error: 'must not contain a NUL character',
});
export const text = z.string().check(z.minLength(1), z.maxLength(4096), withoutNul);
export const httpPath = z
  .string()
  .check(z.regex(/^\/[^\s]*$/, 'must start with /'), z.maxLength(1024), withoutNul);

/** A field of a JSON answer, its parts joined by dots: `checks.database.state`. */
export const field = z
  .string()
  .check(z.regex(/^[\w-]+(\.[\w-]+){0,7}$/, 'must be names joined by dots'), z.maxLength(256));
const word = z.union([z.string().check(z.maxLength(256)), z.number(), z.boolean()]);

/** What a JSON answer must say, beside its status, to count as good. */
export const expectSchema = z.strictObject({
  field,
  oneOf: z.array(word).check(z.minLength(1), z.maxLength(32)),
});
export type Expect = z.infer<typeof expectSchema>;

/** An IP address on which it listens; `0.0.0.0` and `::` mean every one. */
export const hostSchema = z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' });

/** Its port speaks TLS. `true`: with a certificate that this system trusts. */
export const httpsSchema = z.union(
  [
    z.literal(true),
    z.strictObject({
      /** Accepts any certificate: one that it made itself, or that has run out. */
      ownCertificate: z.optional(z.boolean()),
      /** The name in its certificate. */
      serverName: z.optional(z.string().check(z.regex(/^[A-Za-z0-9.-]{1,253}$/, 'must be a name'))),
    }),
  ],
  { error: 'must be true, or an object with "ownCertificate" or "serverName"' },
);
export type Https = z.infer<typeof httpsSchema>;

const everyMs = z._default(milliseconds.check(z.gte(500)), 5_000);

/** When a gateway counts as ready. */
export const readinessSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('http'), path: httpPath, expect: z.optional(expectSchema) }),
  z.strictObject({ type: z.literal('tcp') }),
  z.strictObject({ type: z.literal('stdout'), pattern: text }),
  z.strictObject({ type: z.literal('started') }),
  /** Its control socket answers. */
  z.strictObject({ type: z.literal('control-socket'), path: text, verb: text }),
  /** Its heartbeat file was written since the start. */
  z.strictObject({ type: z.literal('heartbeat'), path: text }),
  /** Its report (`report`) says one of these states. */
  z.strictObject({
    type: z.literal('report'),
    states: z.array(text).check(z.minLength(1), z.maxLength(16)),
  }),
]);
export type Readiness = z.infer<typeof readinessSchema>;

/**
 * How long it may give no answer before it counts as hung. Absent: as long as three questions take
 * when it shows no other sign of life, ten minutes while it uses the processor or its heartbeat is
 * young (gateway/health/judgement.ts).
 */
const hungAfterMs = z.optional(milliseconds.check(z.gte(1_000)));

/** How it is known to be alive later; absent: by its process alone (and its heartbeat). */
export const livenessSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('http'),
    path: httpPath,
    everyMs,
    hungAfterMs,
    expect: z.optional(expectSchema),
  }),
  /** One JSON line each way. A socket that has never answered is not missed: older gateways have none. */
  z.strictObject({
    type: z.literal('control-socket'),
    path: text,
    verb: text,
    everyMs,
    hungAfterMs,
  }),
]);
export type Liveness = z.infer<typeof livenessSchema>;

/** A file that a healthy gateway keeps writing; when it is older than `maxAgeMs`, the gateway hangs. */
export const heartbeatSchema = z.strictObject({
  path: text,
  /** Three beats of 30 s (Hermes). */
  maxAgeMs: z._default(milliseconds.check(z.gte(1_000)), 90_000),
  /** Where its event loop sends a byte to each client that connects: while it does, it does not hang. */
  loopTick: z.optional(
    z.strictObject({
      /** A socket; `{pid}` is the pid that the heartbeat file names. */
      socket: text,
      /** The field of the heartbeat file with a TCP port on 127.0.0.1, which goes before the socket. */
      portField: text,
    }),
  ),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

const reportSourceSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('control-socket'), path: text, verb: text }),
  z.strictObject({ type: z.literal('file'), path: text }),
  z.strictObject({ type: z.literal('http'), path: httpPath }),
]);
export type ReportSource = z.infer<typeof reportSourceSchema>;

/** Where a gateway reports how it is, and which fields of the answer say what. */
export const reportSchema = z.strictObject({
  /** Asked in this order until one answers. */
  from: z.array(reportSourceSchema).check(z.minLength(1), z.maxLength(4)),
  everyMs,
  fields: z.strictObject({
    /** A word such as `running`. */
    state: z.optional(field),
    /** A number (of things at work) or true: it is busy. */
    busy: z.optional(field),
    /** A sentence: why it is so, or why it ended. */
    reason: z.optional(field),
    /** True: it ended in order to be started again. */
    restart: z.optional(field),
    /** The pid of the process that reports: what another process wrote is not believed. */
    pid: z.optional(field),
    /**
     * Its parts by name, each an object with `state` and perhaps `error_message`; or a list with the
     * names of those that do not work.
     */
    parts: z.optional(field),
  }),
  /** States that are shown as problems, and for which it is not ended. */
  degraded: z.optional(z.array(text).check(z.maxLength(16))),
  /** States in its state file that say, after an exit with 0: it was stopped on purpose, by its own command. */
  stopped: z.optional(z.array(text).check(z.maxLength(16))),
});
export type ReportSpec = z.infer<typeof reportSchema>;
