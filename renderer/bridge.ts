/** The window's only door to the app: the client that the preload bridge puts on `window`. */

import type { AppContract } from '../electron/contract/app-contract.ts';
import type { CallName, Client, EventPayload } from '../electron/contract/define.ts';
import { errorText } from '../electron/contract/error-text.ts';
import { words } from '../electron/words/spoken.ts';

export type Bridge = Client<AppContract>;
export type BridgeCall = CallName<AppContract>;
export type LogEvent = EventPayload<AppContract, 'log'>;

declare global {
  interface Window {
    /** Absent when the preload script did not run. */
    readonly holdfast?: Bridge;
  }
}

/** The sentence a failed call is shown with. Electron puts its own words before ours; they go. */
export function sentenceOf(error: unknown): string {
  const message = errorText(error);
  const sentence = message.replace(
    /^Error invoking remote method '[^']*': (?:(?:\w*Error): )?/,
    '',
  );
  return sentence.trim() || words.common.noReason;
}
