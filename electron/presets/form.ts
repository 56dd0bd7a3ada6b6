/** Turns what people type into a preset's form into what a profile needs. */
import { ContractError } from '../contract/define.ts';

/** A port, or null for an empty text. Throws a sentence for anything else. */
export function toPort(text: string): number | null {
  const typed = text.trim();
  if (typed === '') return null;
  const port = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new ContractError(`"${typed}" is no port: it must be a number from 1 to 65535.`);
}
