/** The receipt of the last update of each gateway, also where that was begun for another with the same files. */
import { readdirSync } from 'node:fs';
import * as z from 'zod/mini';
import type { GatewayReceipt } from '../../contract/gateway-update.ts';
import { profileIdSchema } from '../../contract/profile.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { newestGatewayReceipt } from '../../transaction/attempts.ts';

export class NewestReceipts {
  /** By the gateway that was to be updated. */
  readonly #receipts = new Map<string, GatewayReceipt>();

  constructor(state: StateFolder) {
    for (const id of gatewaysWithAttempts(state)) {
      const receipt = newestGatewayReceipt(state.gatewayAttempts(id));
      if (receipt) this.#receipts.set(id, receipt);
    }
  }

  put(receipt: GatewayReceipt): void {
    this.#receipts.set(receipt.gateway, receipt);
  }

  /** The newest that names this gateway. */
  of(id: string): GatewayReceipt | null {
    const own = [...this.#receipts.values()].filter((one) => concernedBy(one).includes(id));
    return own.sort((one, other) => other.startedAt - one.startedAt)[0] ?? null;
  }

  /** All that any of them names. */
  gateways(): string[] {
    return [...this.#receipts.values()].flatMap(concernedBy);
  }
}

function concernedBy({ gateway, gateways }: GatewayReceipt): string[] {
  return [gateway, ...gateways.map(({ id }) => id)];
}

/** Whose updates have left anything. */
export function gatewaysWithAttempts(state: StateFolder): string[] {
  try {
    return readdirSync(state.gatewayUpdates).filter(
      (name) => z.safeParse(profileIdSchema, name).success,
    );
  } catch {
    return [];
  }
}
