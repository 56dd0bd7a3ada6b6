/** The receipt on disk, beside its attempt's journal. */
import * as z from 'zod/mini';
import { type Receipt, receiptSchema } from '../contract/receipt.ts';
import { FileProblem, readUntrustedJson } from '../files/untrusted-file.ts';
import { writeDurable } from '../process/index.ts';
import type { StateFolder } from './state-folder.ts';

/** A receipt with 256 gateways and its steps stays below. */
const RECEIPT_MAX_BYTES = 1024 * 1024;

/** Writes durably. Throws the system's error. */
export function writeReceipt(state: StateFolder, receipt: Receipt): void {
  const text = `${JSON.stringify(z.parse(receiptSchema, receipt), null, 2)}\n`;
  writeDurable(state.attempt(receipt.attempt).receipt, text);
}

/** An attempt's receipt; null when there is none, or none that can be believed. */
export function readReceipt(state: StateFolder, attempt: string): Receipt | null {
  try {
    const receipt = readUntrustedJson(
      state.attempt(attempt).receipt,
      receiptSchema,
      RECEIPT_MAX_BYTES,
    );
    return receipt.attempt === attempt ? receipt : null;
  } catch (error) {
    if (error instanceof FileProblem) return null;
    throw error;
  }
}
