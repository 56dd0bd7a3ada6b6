/**
 * The new side of a succession: asks the serving watcher to make room, and tells it when this one
 * serves. The old one may be of any build, so this uses only calls that stay readable for ever:
 * `hello`, `succession.offer`, `succession.done`; and `succession.ports`, which it may not know.
 */
import { errorText } from '../../contract/error-text.ts';
import { protocolVersion } from '../../contract/watcher-contract.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { type Clock, heldSockets, type Identity } from '../../process/index.ts';
import { connectWatcher, type WatcherConnection } from '../../rpc/client.ts';
import { portsInbox, readEndpoint, readSecret } from '../../rpc/endpoint.ts';

/** Adoption and a socket take about 50 ms; a machine under load a hundred times that. */
const deadlineMs = 10_000;

export type Offer =
  /** No watcher serves: an ordinary start. */
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'accepted';
      /** The old one's socket, which must not be removed while it listens there. */
      readonly socket: string;
      /** The sockets of the ports that the old one holds, by profile: ours as well from here on. */
      readonly ports: readonly (readonly [profile: string, fd: number])[];
      /** Tells the old one to end. False when it serves again: then this one must end. */
      done(): Promise<boolean>;
    };

export async function offerSuccession(deps: {
  readonly state: StateFolder;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly buildId: string;
  isAlive(identity: Identity): boolean;
  /** By now the old one serves again. */
  onTooLate(): void;
}): Promise<Offer> {
  const endpoint = readEndpoint(deps.state);
  const secret = readSecret(deps.state);
  if (!endpoint || secret === undefined || !deps.isAlive(endpoint.identity)) {
    return { kind: 'none' };
  }
  const old = await connectWatcher({ socket: endpoint.socket, secret, clock: deps.clock }).catch(
    (error: unknown) => errorText(error),
  );
  if (typeof old === 'string') return { kind: 'refused', reason: old };
  try {
    await old.call('hello', { role: 'successor', protocol: protocolVersion });
    const { identity, buildId } = deps;
    const offer = { identity, buildId, deadlineMs };
    const answer = await old.call('succession.offer', offer);
    if (!answer.accepted) {
      old.close();
      return { kind: 'refused', reason: answer.reason };
    }
  } catch (error) {
    old.close();
    return { kind: 'refused', reason: errorText(error) };
  }
  const cancel = deps.clock.after(deadlineMs, deps.onTooLate);
  const ports = await takePorts(old, deps.state);
  return {
    kind: 'accepted',
    socket: endpoint.socket,
    ports,
    async done() {
      try {
        await old.call('succession.done', null);
        return true;
      } catch {
        // An old one that is dead can't serve again; one that is alive does.
        return !deps.isAlive(endpoint.identity);
      } finally {
        cancel();
        old.close();
      }
    },
  };
}

/** None from a watcher that passes none on: then each gateway's socket is copied as it is adopted. */
async function takePorts(
  old: WatcherConnection,
  state: StateFolder,
): Promise<readonly (readonly [string, number])[]> {
  if (!heldSockets) return [];
  try {
    const inbox = heldSockets.openInbox(portsInbox(state));
    try {
      // They have been sent when the answer comes.
      await old.call('succession.ports', { inbox: inbox.path });
      return inbox.take().map(({ name, fd }) => [name, fd] as const);
    } finally {
      inbox.close();
    }
  } catch {
    return [];
  }
}
