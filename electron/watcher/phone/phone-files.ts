/** What is kept about the phone: its address, for this user alone, and what it was told. */
import * as z from 'zod/mini';
import { phoneKinds } from '../../contract/phone.ts';
import { writeDurable } from '../../files/durable-write.ts';
import { FileProblem, readUntrustedJson } from '../../files/untrusted-file.ts';
import type { Told } from '../../notices/notices.ts';
import type { Outbox } from './outbox.ts';

const maxBytes = 256 * 1024;

/** What only a later version knows is kept: that version may come back. */
const settingsSchema = z.looseObject({
  schema: z.literal(1),
  kind: z.enum(phoneKinds),
  address: z.string().check(z.minLength(1), z.maxLength(2048)),
  tell: z.enum(['all', 'problems']),
});
export type PhoneSettings = z.infer<typeof settingsSchema>;

const messageSchema = z.object({ title: z.string(), body: z.string(), isProblem: z.boolean() });
const memorySchema = z.object({
  /** See notices/notices.ts. */
  told: z._default(z.record(z.string(), z.nullable(z.number())), {}),
  waiting: z._default(z.array(messageSchema), []),
  failures: z._default(z.int().check(z.gte(0)), 0),
  dueAt: z._default(z.nullable(z.number()), null),
});
export interface PhoneMemory extends Outbox {
  readonly told: Told;
}

/** Null where there are none. Throws a FileProblem when the file can't be used; that never shows the address. */
export function readPhone(file: string): PhoneSettings | null {
  try {
    return readUntrustedJson(file, settingsSchema, maxBytes);
  } catch (error) {
    if (error instanceof FileProblem && error.fault === 'missing') return null;
    throw error;
  }
}

/** Throws when the disk refuses. */
export function writePhone(file: string, settings: PhoneSettings): void {
  writeDurable(file, `${JSON.stringify(settings, null, 2)}\n`, 0o600);
}

/** Losing it costs a message that is told twice, so an unusable file is replaced. */
export function readPhoneMemory(file: string): PhoneMemory {
  try {
    return readUntrustedJson(file, memorySchema, maxBytes);
  } catch (error) {
    if (error instanceof FileProblem) return z.parse(memorySchema, {});
    throw error;
  }
}

/** Throws when the disk refuses. */
export function writePhoneMemory(file: string, memory: PhoneMemory): void {
  writeDurable(file, `${JSON.stringify(memory)}\n`, 0o600);
}
