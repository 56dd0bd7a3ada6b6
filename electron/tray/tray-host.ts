/**
 * Knows whether the desktop shows the tray: many Linux desktops have none until an extension brings it, and a
 * panel may come after us, or refuse us. Asked at the start, until it is there, and whenever it matters.
 */
import { type Clock, within } from '../process/index.ts';

/** A desktop that takes longer to answer is believed to be as it was. */
const answerMs = 500;
/** When it is asked for at the start: it takes a moment to appear, and the panel may come after us. */
const lookAgainMs = [1_000, 3_000, 10_000, 30_000] as const;

export interface TrayHost {
  /** Whether it is shown now. */
  look(): Promise<boolean>;
  close(): void;
}

export function followTrayHost(deps: {
  readonly ask: (signal: AbortSignal) => Promise<boolean>;
  /** Takes what was found: at each look. */
  readonly found: (shown: boolean) => void;
  readonly clock: Clock;
}): TrayHost {
  const { ask, found, clock } = deps;
  let last = true;
  let closed = false;
  const look = async (): Promise<boolean> => {
    const answer = await within(clock, answerMs, ask);
    if (answer !== 'late') last = answer;
    if (!closed) found(last);
    return last;
  };
  const lookUntilShown = async ([next, ...later]: readonly number[]): Promise<void> => {
    if ((await look()) || closed || next === undefined) return;
    cancel = clock.after(next, () => void lookUntilShown(later));
  };
  const [first, ...later] = lookAgainMs;
  let cancel = clock.after(first, () => void lookUntilShown(later));
  return {
    look,
    close() {
      closed = true;
      cancel();
    },
  };
}
