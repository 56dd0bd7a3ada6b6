/** Offers beside a gateway's state: to try a failed update again, and to add a health check. */

import { useEffect, useState } from 'react';
import type { GatewayView, Pinned } from '../../../electron/contract/gateway.ts';
import type { Suggestion } from '../../../electron/contract/presets.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Banner } from '../../ui/messages.tsx';

interface PinnedProps {
  readonly gateway: GatewayView;
  readonly pinned: Pinned;
  readonly connected: boolean;
}

/** It keeps to an older version because an update failed for it. */
export function PinnedNotice({ gateway, pinned, connected }: PinnedProps) {
  const { send } = useHoldfast();
  const { id, name } = gateway;
  const busy = useBusy(`update ${id}`);
  return (
    <Banner
      tone="warning"
      title={words.offers.pinned(name, pinned.version, pinned.failedVersion)}
      testId="gateway-pinned"
      actions={
        <Button
          icon="restart"
          disabled={!connected}
          busy={busy}
          onClick={() => void send('gateway.update', { id }, `update ${id}`)}
          testId="gateway-update"
        >
          {words.common.tryAgain}
        </Button>
      }
    >
      <Foreign>{pinned.reason}</Foreign>
    </Banner>
  );
}

/**
 * Offers a health check to a gateway whose profile has none: then one that hangs counts as well.
 * Asks once; the watcher suggests nothing where the profile says how to check.
 */
export function SuggestionNotice({ gateway: { id, name } }: { readonly gateway: GatewayView }) {
  const { ask, send } = useHoldfast();
  const busy = useBusy(`watch ${id}`);
  const [suggestion, setSuggestion] = useState<Suggestion | null>(null);
  useEffect(() => {
    let over = false;
    ask('profile.suggest', { id }).then(
      (found) => {
        if (!over) setSuggestion(found);
      },
      // Nothing was asked for, so nothing is missing.
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, [ask, id]);
  if (!suggestion) return null;
  const { port, path, profile } = suggestion;
  const accept = async (): Promise<void> => {
    if (await send('profile.save', { profile }, `watch ${id}`)) setSuggestion(null);
  };
  return (
    <Banner
      tone="info"
      title={words.offers.unseen(name)}
      onDismiss={() => setSuggestion(null)}
      testId="gateway-suggestion"
      actions={
        <Button icon="check" busy={busy} onClick={() => void accept()} testId="suggestion-accept">
          {path === null ? words.offers.watchPort : words.offers.useCheck}
        </Button>
      }
    >
      {path === null ? words.offers.listens(port) : words.offers.answers(port, path)}
    </Banner>
  );
}
