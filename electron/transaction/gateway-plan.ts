/**
 * The plan of one attempt to update a gateway: what the watcher intends, and what a later watcher needs to
 * finish it. Like the plan of an update of Holdfast it is read as untrusted input, and holds no command
 * lines: those are taken from the profile.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { profileIdSchema } from '../contract/profile.ts';
import { attemptIdSchema } from '../contract/receipt.ts';
import { fsyncDir, writeDurable } from '../files/durable-write.ts';
import type { AttemptStore } from '../files/state-folder.ts';
import { readUntrustedJson } from '../files/untrusted-file.ts';
import { milliseconds, planMaxBytes, plannedGatewaySchema } from './plan.ts';

const gatewayPlanSchema = z.strictObject({
  schema: z.literal(1),
  attempt: attemptIdSchema,
  createdAt: z.number(),
  /** The gateway whose profile says how it is updated. */
  gateway: profileIdSchema,
  /** What it said it was before; null: it can't be asked. */
  fromVersion: z.nullable(z.string()),
  /** What is said to be the newest; null: not known. */
  newestVersion: z.nullable(z.string()),
  /** It, and every other gateway that runs from the same folder: they are stopped together. */
  gateways: z.array(plannedGatewaySchema).check(z.minLength(1), z.maxLength(256)),
  soakMs: milliseconds,
  /** Absent: it was asked for. */
  automatic: z.optional(z.enum(['idle', 'night'])),
  /** Null: the user need not confirm. */
  confirmMs: z.nullable(milliseconds),
});
export type GatewayPlan = z.infer<typeof gatewayPlanSchema>;

/** Writes the plan durably, in a new folder. Throws the system's error. */
export function writeGatewayPlan(store: AttemptStore, plan: GatewayPlan): void {
  const files = store.attempt(plan.attempt);
  mkdirSync(files.folder, { recursive: true, mode: 0o700 });
  fsyncDir(store.updates);
  fsyncDir(path.dirname(store.updates));
  writeDurable(files.plan, `${JSON.stringify(z.parse(gatewayPlanSchema, plan), null, 2)}\n`);
}

/** Throws a FileProblem, or a sentence when it is the plan of something else. */
export function readGatewayPlan(store: AttemptStore, attempt: string): GatewayPlan {
  const file = store.attempt(z.parse(attemptIdSchema, attempt)).plan;
  const plan = readUntrustedJson(file, gatewayPlanSchema, planMaxBytes);
  const gateway = path.basename(store.updates);
  if (plan.attempt !== attempt || plan.gateway !== gateway) {
    throw new Error(`${file} belongs to another update.`);
  }
  if (!plan.gateways.some(({ id }) => id === gateway)) {
    throw new Error(`${file} does not name the gateway that it updates.`);
  }
  return plan;
}
