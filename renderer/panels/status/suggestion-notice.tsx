/** Offers a health check to a gateway whose profile has none: one that hangs would count as well. */
import { useEffect, useState } from 'react';
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import type { Suggestion } from '../../../electron/contract/presets.ts';
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';

/** Asks once: the watcher proposes nothing where the profile says how to look. */
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
      title={`Holdfast can’t see yet whether ${name} is well.`}
      onDismiss={() => setSuggestion(null)}
      testId="gateway-suggestion"
      actions={
        <Button icon="check" busy={busy} onClick={() => void accept()} testId="suggestion-accept">
          {path === null ? 'Watch this port' : 'Use this check'}
        </Button>
      }
    >
      {path === null
        ? `It listens on port ${port}. From its next start on, Holdfast can wait for that.`
        : `It listens on port ${port} and answers at ${path}. From its next start on, Holdfast can ask there, and restart it when it hangs.`}
    </Banner>
  );
}
