/**
 * Caps what a feed may answer. electron-updater collects an answer of any length in memory before
 * it reads it; a feed file is a few hundred bytes.
 */

/** Release notes included, 256 KiB is a hundred times what a feed file needs. */
const FEED_MAX_BYTES = 256 * 1024;

interface ResponseLike {
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
}
type HandleResponse = (this: unknown, response: ResponseLike, ...rest: unknown[]) => void;

/** Raised into the request that brought too much. */
class FeedTooLargeError extends Error {
  override readonly name = 'FeedTooLargeError';
  readonly code = 'ERR_FEED_TOO_LARGE';
}

/**
 * Wraps the answer handling of electron-updater's HTTP executor (`handleResponse(response, options,
 * token, resolve, reject, …)`; downloads do not pass through it). Throws when the executor is not
 * shaped as in the version this was written for, so that the cap is never lost silently.
 */
export function capFeedAnswers(updater: object, maxBytes = FEED_MAX_BYTES): void {
  const executor: unknown = Reflect.get(updater, 'httpExecutor');
  if (typeof executor !== 'object' || executor === null) throw unknownShape();
  const original: unknown = Reflect.get(executor, 'handleResponse');
  if (typeof original !== 'function') throw unknownShape();
  const capped: HandleResponse = function (response, ...rest) {
    const [, token, , reject] = rest;
    let bytes = 0;
    response.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return;
      if (typeof reject === 'function') {
        reject(new FeedTooLargeError(`The feed's answer exceeds ${maxBytes} bytes.`));
      }
      if (isCancellable(token)) token.cancel();
      if (isDestroyable(response)) response.destroy();
    });
    Reflect.apply(original, this, [response, ...rest]);
  };
  Reflect.set(executor, 'handleResponse', capped);
}

function isCancellable(value: unknown): value is { cancel(): void } {
  return typeof value === 'object' && value !== null && 'cancel' in value;
}

function isDestroyable(value: unknown): value is { destroy(): void } {
  return typeof value === 'object' && value !== null && 'destroy' in value;
}

function unknownShape(): Error {
  return new Error(
    'electron-updater’s HTTP executor has another shape than expected; its answers can’t be capped.',
  );
}
