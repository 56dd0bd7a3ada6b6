/** An offered version that the user may skip or put off, and have again. */

import type { AppState } from '../../../electron/contract/app-contract.ts';
import { laterMs, offerAgain, putOff } from '../../../electron/contract/put-off.ts';
import { isNewer } from '../../../electron/contract/version.ts';
import { words } from '../../../electron/words/spoken.ts';
import { moment } from '../../format/quantities.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';

/** Of the version that is offered. */
export function PutOffOffer({ version }: { readonly version: string }) {
  const { send } = useHoldfast();
  const how = useApp(({ settings }) => putOff(settings, version));
  if (how !== null) {
    return (
      <div className="card-actions choices">
        <PutOffNote />
      </div>
    );
  }
  const putOffUntilTomorrow = (): void => {
    const laterVersion = { version, until: Date.now() + laterMs };
    void send('settings.change', { laterVersion });
  };
  return (
    <div className="card-actions choices">
      <Button kind="quiet" onClick={putOffUntilTomorrow} testId="update-later">
        {words.updating.later}
      </Button>
      <SkipButton version={version} />
    </div>
  );
}

/** Of a version whose update has not worked: it is there to be skipped, whether it is offered again or not. */
export function SkipButton({ version }: { readonly version: string }) {
  const { send } = useHoldfast();
  const isSkipped = useApp(({ settings }) => settings.skippedVersion === version);
  if (isSkipped) return <PutOffNote />;
  return (
    <Button
      kind="quiet"
      onClick={() => void send('settings.change', { skippedVersion: version })}
      testId="update-skip"
    >
      {words.updating.skip}
    </Button>
  );
}

/** Where the log of Holdfast and that of its background service lie. */
export function ShowLogButton() {
  const { send } = useHoldfast();
  return (
    <Button
      kind="quiet"
      icon="folder"
      onClick={() => void send('log.reveal', {})}
      testId="show-log"
    >
      {words.updating.showLog}
    </Button>
  );
}

/** Which version is skipped or put off, with the way back; nothing when there is none. */
export function PutOffNote() {
  const { send } = useHoldfast();
  const said = useApp(putOffWords);
  const settings = useApp((state) => state.settings);
  const again = offerAgain(settings);
  if (said === null) return null;
  return (
    <div className="put-off" data-testid="put-off">
      <p>{said}</p>
      <Button onClick={() => void send('settings.change', again)} testId="put-off-undo">
        {words.updating.offerAgain}
      </Button>
    </div>
  );
}

function putOffWords({ settings, app }: AppState): string | null {
  const { skippedVersion: skipped, laterVersion: later, undoneUpdate: undone } = settings;
  if (skipped !== null && isNewer(skipped, app.version)) {
    return words.updating.skipped(skipped);
  }
  if (undone && !undone.wantedAgain && isNewer(undone.version, app.version)) {
    return words.updating.notOffered(undone.version);
  }
  if (later === null || !isNewer(later.version, app.version)) return null;
  return words.updating.putOff(later.version, moment(later.until, 0));
}
