/** Running the typed program for some seconds, and what came of it. */

import { useState } from 'react';
import type { Trial } from '../../../electron/contract/presets.ts';
import type { ProfileInput } from '../../../electron/contract/profile.ts';
import { words } from '../../../electron/words/spoken.ts';
import { sentenceOf } from '../../bridge.ts';
import { useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Icon } from '../../ui/icons.tsx';

export interface TrialInHand {
  readonly busy: boolean;
  /** Null before the first, and while one is under way. */
  readonly result: Trial | null;
  run(profile: () => ProfileInput): Promise<void>;
}

export function useTrial(): TrialInHand {
  const { ask } = useHoldfast();
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<Trial | null>(null);
  return {
    busy,
    result,
    async run(profile) {
      setBusy(true);
      setResult(null);
      try {
        setResult(await ask('profile.test', { profile: profile() }));
      } catch (error) {
        setResult({ ran: false, outcome: sentenceOf(error), lines: [] });
      } finally {
        setBusy(false);
      }
    },
  };
}

interface ButtonProps {
  readonly trial: TrialInHand;
  readonly disabled: boolean;
  readonly profile: () => ProfileInput;
}

export function TrialButton({ trial, disabled, profile }: ButtonProps) {
  return (
    <Button
      icon="play"
      disabled={disabled}
      busy={trial.busy}
      onClick={() => void trial.run(profile)}
      testId="form-test"
    >
      {trial.busy ? words.trial.running : words.trial.start}
    </Button>
  );
}

export function TrialResult({ trial: { result } }: { readonly trial: TrialInHand }) {
  if (!result) return null;
  const { ran, outcome, lines } = result;
  return (
    <section className="trial" aria-label={words.trial.title} data-testid="trial">
      <p role="status" className={`finding finding-${ran ? 'good' : 'bad'}`}>
        <Icon name={ran ? 'check' : 'warning'} />
        <Foreign>{outcome}</Foreign>
      </p>
      {lines.length > 0 ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
        <pre tabIndex={0}>{lines.join('\n')}</pre>
      ) : (
        <small>{words.trial.printedNothing}</small>
      )}
    </section>
  );
}
