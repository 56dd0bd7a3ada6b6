/** The calls of a connection that are not answered yet. */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';

/**
 * Follows what comes and goes through `transport`, which must be connected.
 * @returns resolves once every call that came was answered
 */
export function followCalls(transport: Transport): { answered(): Promise<void> } {
  const open = new Set<RequestId>();
  let wake = (): void => undefined;
  const { onmessage } = transport;
  const send = transport.send.bind(transport);
  transport.onmessage = (message, extra) => {
    if ('method' in message && 'id' in message) open.add(message.id);
    onmessage?.(message, extra);
  };
  transport.send = async (message: JSONRPCMessage, options) => {
    await send(message, options);
    if (!('method' in message) && 'id' in message && message.id !== undefined) {
      open.delete(message.id);
      wake();
    }
  };
  return {
    async answered() {
      while (open.size > 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
