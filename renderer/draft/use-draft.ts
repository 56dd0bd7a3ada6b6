/** What is typed into the form of a gateway, kept for the whole window, and what the machine says of it. */
import { useEffect, useState } from 'react';
import { checkOf, type Draft, sameDraft } from '../../electron/contract/draft/draft.ts';
import type { MachineFinding, ProfileCheck } from '../../electron/contract/presets.ts';
import { useApp, useHoldfast, useView } from '../store/hooks.ts';
import { type OpenDraft, withEntry } from '../store/view.ts';

export interface DraftInHand extends OpenDraft {
  change(change: Partial<Draft>): void;
  /** Forgets what was typed. */
  drop(): void;
}

/**
 * @param key whose form it is
 * @param opened what it shows until something is typed
 */
export function useDraft(key: string, opened: Draft): DraftInHand {
  const { view } = useHoldfast();
  const { before, now } = useView(({ drafts }) => drafts[key]) ?? { before: opened, now: opened };
  return {
    before,
    now,
    change(change) {
      view.setState(({ drafts }) => {
        const open = drafts[key] ?? { before: opened, now: opened };
        const next = { ...open.now, ...change };
        // A new variable that has no name yet says nothing, but its row is there.
        const isAsOpened =
          sameDraft(next, open.before) && next.variables.length === open.before.variables.length;
        return { drafts: withEntry(drafts, key, isAsOpened ? null : { ...open, now: next }) };
      });
    },
    drop: () => view.setState(({ drafts }) => ({ drafts: withEntry(drafts, key, null) })),
  };
}

/** Asked when nothing was typed for so long. */
const pauseMs = 250;

/** What keeps it from starting, as far as the machine knows; empty while that is asked. */
export function useMachineFindings(
  draft: Draft,
  id: string | undefined,
): readonly MachineFinding[] {
  const { ask } = useHoldfast();
  const home = useApp(({ app }) => app.home);
  const connected = useApp(({ link }) => link.status === 'connected');
  const question = JSON.stringify(checkOf(draft, id, home));
  const [answer, setAnswer] = useState<{ to: string; findings: readonly MachineFinding[] }>();
  useEffect(() => {
    if (!connected) return;
    let over = false;
    const timer = setTimeout(() => {
      const check: ProfileCheck = JSON.parse(question);
      ask('profile.check', check).then(
        (findings) => {
          if (!over) setAnswer({ to: question, findings });
        },
        // Nothing is known then; it can be saved all the same.
        () => undefined,
      );
    }, pauseMs);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [ask, connected, question]);
  return answer?.to === question ? answer.findings : [];
}
