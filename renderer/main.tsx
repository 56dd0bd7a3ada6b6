/** Entry of the window. */

import { createRoot } from 'react-dom/client';
import { words } from '../electron/words/spoken.ts';
import { App } from './app.tsx';
import { createHoldfast } from './store/holdfast.ts';
import { languageOfAddress, speakLanguage } from './store/language.ts';
import { Empty } from './ui/messages.tsx';

const place = document.getElementById('root');
if (!place) throw new Error('The page has no place for the app.');
const root = createRoot(place);

await speakLanguage(languageOfAddress(location)).catch((error: unknown) => console.error(error));

if (window.holdfast) {
  root.render(<App holdfast={createHoldfast(window.holdfast)} />);
} else {
  root.render(
    <div className="waiting">
      <Empty icon="warning" title={words.opening.noBridge} testId="no-bridge">
        {words.opening.noBridgeMore}
      </Empty>
    </div>,
  );
}
