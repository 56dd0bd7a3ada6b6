/**
 * The new side of a succession: asks the watcher that serves to make room, and tells it once this
 * one serves. The old one may be of any build, so only the calls that stay readable for ever are
 * used: `hello`, `succession.offer`, `succession.done`.
 */
import { PROTOCOL_VERSION } from '../contract/watcher-contract.ts';
import { connectWatcher } from '../handoff/client.ts';
import { readEndpoint, readSecret } from '../handoff/endpoint.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import type { Clock, Identity } from '../process/index.ts';

/** Adoption and a socket take about 50 ms; a machine under load a hundred times that. */
const DEADLINE_MS = 10_000;

export type Offer =
  /** Nobody serves: an ordinary start. */
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'accepted';
      /** The old one's socket, which must not be taken away from under it. */
      readonly socket: string;
      /** Tells the old one to end. False when it has taken its place back: then this one must end. */
      done(): Promise<boolean>;
    };

export async function offerSuccession(deps: {
  readonly state: StateFolder;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly buildId: string;
  isAlive(identity: Identity): boolean;
  /** The old one will have taken its place back by now. */
  onTooLate(): void;
}): Promise<Offer> {
  const endpoint = readEndpoint(deps.state);
  const secret = readSecret(deps.state);
  if (!endpoint || secret === undefined || !deps.isAlive(endpoint.identity)) {
    return { kind: 'none' };
  }
  const old = await connectWatcher({ socket: endpoint.socket, secret, clock: deps.clock }).catch(
    (error: unknown) => reasonOf(error),
  );
  if (typeof old === 'string') return { kind: 'refused', reason: old };
  try {
    await old.call('hello', { role: 'successor', protocol: PROTOCOL_VERSION });
    const { identity, buildId } = deps;
    const offer = { identity, buildId, deadlineMs: DEADLINE_MS };
    const answer = await old.call('succession.offer', offer);
    if (!answer.accepted) {
      old.close();
      return { kind: 'refused', reason: answer.reason };
    }
  } catch (error) {
    old.close();
    return { kind: 'refused', reason: reasonOf(error) };
  }
  const cancel = deps.clock.after(DEADLINE_MS, deps.onTooLate);
  return {
    kind: 'accepted',
    socket: endpoint.socket,
    async done() {
      try {
        await old.call('succession.done', null);
        return true;
      } catch {
        // Dead, it can't take anything back; alive, it has.
        return !deps.isAlive(endpoint.identity);
      } finally {
        cancel();
        old.close();
      }
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
