/** Who may speak to the main process: the top frame of our window, showing our own page. */

/** The parts of Electron's WebFrameMain that matter here. */
export interface FrameLike {
  readonly url: string;
  readonly parent: unknown;
}

export interface SenderEvent {
  /** Null when the frame is gone or shows another page since it sent. */
  readonly senderFrame: FrameLike | null;
}

/**
 * True when the message came from `mainFrame`, which has no parent, and from a page of `origin`
 * (such as `app://holdfast`).
 */
export function isTrustedSender(
  event: SenderEvent,
  mainFrame: FrameLike | null,
  origin: string,
): boolean {
  const frame = event.senderFrame;
  if (frame === null || mainFrame === null || frame !== mainFrame || frame.parent !== null) {
    return false;
  }
  return isFromOrigin(frame.url, origin);
}

/** Compared by parts: `URL.origin` is `null` for schemes that the parser does not know. */
export function isFromOrigin(address: string, origin: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return `${url.protocol}//${url.host}` === origin && url.username === '' && url.password === '';
}
