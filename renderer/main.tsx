/** Entry of the window. */

import { createRoot } from 'react-dom/client';
import { words } from '../electron/words/spoken.ts';
import { App } from './app.tsx';
import { createHoldfast, type Holdfast } from './store/holdfast.ts';
import { languageOfAddress, speakLanguage } from './store/language.ts';
import type { MirrorView } from './store/mirror.ts';
import { Empty } from './ui/messages.tsx';

const place = document.getElementById('root');
if (!place) throw new Error('The page has no place for the app.');
const root = createRoot(place);
/** A window that says "waiting" for a moment only slows down what is waited for, milliseconds. */
const saysWaitingAfterMs = 100;

/** Resolves when the app has said what its background service says, or when that takes long. */
function firstAnswer({ mirror }: Holdfast): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      stop();
      clearTimeout(late);
      resolve();
    };
    const look = ({ snapshot }: MirrorView): void => {
      if (snapshot && snapshot.state.link.status !== 'connecting') settle();
    };
    const late = setTimeout(settle, saysWaitingAfterMs);
    const stop = mirror.subscribe(look);
    look(mirror.getState());
  });
}

const holdfast = window.holdfast ? createHoldfast(window.holdfast) : null;
await speakLanguage(languageOfAddress(location)).catch((error: unknown) => console.error(error));

if (holdfast) {
  await firstAnswer(holdfast);
  root.render(<App holdfast={holdfast} />);
} else {
  root.render(
    <div className="waiting">
      <Empty icon="warning" title={words.opening.noBridge} testId="no-bridge">
        {words.opening.noBridgeMore}
      </Empty>
    </div>,
  );
}
