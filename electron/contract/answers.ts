/**
 * What the command line answers with `--json`: programs rely on these shapes. docs/schemas/ is made of them by
 * scripts/cli-docs.mjs. Fields may be added at any time; a shape that means something else gets another number.
 */
import * as z from 'zod/mini';
import { eventSchema, eventSummarySchema } from './events.ts';
import { type GatewayStatus, problemSchema, proofSchema } from './gateway.ts';

const schema = z.literal(1);
const text = z.nullable(z.string());
const number = z.nullable(z.number());
const result = z.enum(['pass', 'fail', 'skip']);
const findings = z.array(z.object({ name: z.string(), result, detail: z.string() }));
const problems = z.array(problemSchema);

const states = [
  ...(['stopped', 'starting', 'running', 'degraded', 'stopping'] as const),
  ...(['waiting', 'released', 'external', 'failed'] as const),
] as const satisfies readonly GatewayStatus[];

/** Null where it is not known or does not apply. */
const gatewaySchema = z.object({
  id: z.string(),
  name: z.string(),
  wanted: z.enum(['running', 'stopped']),
  state: z.enum(states),
  words: z.string(),
  well: z.boolean(),
  since: number,
  pid: number,
  port: number,
  problem: z.nullable(problemSchema),
  attention: text,
  owner: text,
  proof: z.nullable(proofSchema),
  restarts: number,
  lastExit: z.nullable(z.object({ at: z.number(), code: number, reason: z.string() })),
  version: text,
  newest: text,
  log: text,
});

/** Milliseconds from the beginning of the start; null: not seen. */
const stepsSchema = z.object({ output: number, open: number, answer: number, ready: number });

const surveySchema = z.object({
  schema,
  well: z.boolean(),
  service: z.nullable(
    z.object({ pid: z.int(), version: z.string(), build: z.string(), startedAt: z.number() }),
  ),
  gateways: z.array(gatewaySchema),
  problems,
});

/** Of `holdfast diagnostics --json`. */
export const diagnosticsAnswerSchema = z.object({
  schema,
  /** Where it was written; null when it was only listed. */
  file: text,
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

/** Of start, stop, restart, add, edit, remove and update. */
const changeSchema = z.object({
  schema,
  command: z.string(),
  /** For each of them. */
  done: z.boolean(),
  gateways: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      done: z.boolean(),
      /** Sentences: why not, or what else is to be known. */
      message: text,
      /** As it is afterwards; null: it is gone. */
      gateway: z.nullable(gatewaySchema),
    }),
  ),
});

/** By the name of the file that documents it. */
export const answerSchemas = {
  list: surveySchema,
  change: changeSchema,
  status: surveySchema,
  'status-deep': z.object({
    schema,
    healthy: z.boolean(),
    watcher: findings,
    gateways: z.array(z.extend(gatewaySchema, { probes: findings })),
    problems,
  }),
  doctor: z.object({
    schema,
    healthy: z.boolean(),
    probes: findings,
    repairs: z.optional(
      z.array(
        z.object({
          name: z.string(),
          before: z.string(),
          after: z.string(),
          mended: z.boolean(),
        }),
      ),
    ),
  }),
  events: z.object({
    schema,
    id: z.string(),
    summary: eventSummarySchema,
    events: z.array(eventSchema),
    damaged: z.int(),
  }),
  /** Of each line that --follow writes. */
  'events-follow': z.object({ schema, id: z.string(), event: eventSchema }),
  analyze: z.object({
    schema,
    id: z.string(),
    /** The newest start; null: none is known. `ready` is null as long as it is not. */
    start: z.nullable(z.object({ at: z.number(), why: text, steps: stepsSchema })),
    /** The medians of the good starts before it; null: there were none. */
    usual: z.nullable(stepsSchema),
    /** The step that took longest; null: none was seen. */
    slowest: z.nullable(z.object({ step: z.string(), ms: z.number(), usualMs: number })),
  }),
  top: z.object({
    schema,
    gateways: z.array(
      z.object({
        ...{ id: z.string(), name: z.string(), state: z.enum(states) },
        ...{ pid: number, memory: number, cpu: number, processes: number },
      }),
    ),
  }),
  diagnostics: diagnosticsAnswerSchema,
} as const;
