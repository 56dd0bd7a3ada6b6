/**
 * What the app remembers and the user never edits: where the window was, which receipt was dismissed,
 * and what the desktop was told. Losing it costs little, so an unusable file is replaced.
 */
import * as z from 'zod/mini';
import { attemptIdSchema, outcomeSchema } from '../contract/receipt.ts';
import { writeDurable } from '../files/durable-write.ts';
import { FileProblem, readUntrustedJson } from '../files/untrusted-file.ts';

const maxBytes = 64 * 1024;

const boundsSchema = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().check(z.positive()),
  height: z.int().check(z.positive()),
  maximized: z.boolean(),
});
export type RememberedBounds = z.infer<typeof boundsSchema>;

const dismissedSchema = z.strictObject({ attempt: attemptIdSchema, outcome: outcomeSchema });
export type DismissedReceipt = z.infer<typeof dismissedSchema>;

/** What only a later version knows is kept: that version may come back. */
const memorySchema = z.looseObject({
  bounds: z._default(z.nullable(boundsSchema), null),
  dismissed: z._default(z.nullable(dismissedSchema), null),
  /** Causes that were told, by key, and since when they are over: see notify/. */
  told: z._default(z.record(z.string(), z.nullable(z.number())), {}),
});
export type AppMemory = z.infer<typeof memorySchema>;

export interface MemoryService {
  get(): AppMemory;
  /** Remembers; a disk that refuses is reported to `onError` and otherwise ignored. */
  remember(change: Partial<AppMemory>): void;
}

/** Loads what was remembered at `file`. */
export function createMemory(deps: {
  readonly file: string;
  readonly onError: (error: unknown) => void;
}): MemoryService {
  let memory = load(deps.file);
  return {
    get: () => memory,
    remember(change) {
      const next = { ...memory, ...change };
      if (JSON.stringify(next) === JSON.stringify(memory)) return;
      memory = next;
      try {
        writeDurable(deps.file, `${JSON.stringify(memory)}\n`);
      } catch (error) {
        deps.onError(error);
      }
    },
  };
}

function load(file: string): AppMemory {
  try {
    return readUntrustedJson(file, memorySchema, maxBytes, { owner: 'any' });
  } catch (error) {
    if (error instanceof FileProblem) return z.parse(memorySchema, {});
    throw error;
  }
}
