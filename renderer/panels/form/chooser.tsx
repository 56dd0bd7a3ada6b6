/** A button that opens the desktop's dialog to choose a program or a folder, and why a choice was refused. */

import { useState } from 'react';
import type { DraftField, Finding } from '../../../electron/contract/draft/findings.ts';
import { words } from '../../../electron/words/spoken.ts';
import { sentenceOf } from '../../bridge.ts';
import { useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';

export interface Chooser {
  readonly kind: 'program' | 'folder';
  /** Why what was chosen can't be used; gone when the field changes. */
  readonly findings: readonly Finding[];
  readonly choose: () => Promise<void>;
}

/**
 * @param value of its field
 * @param from where the dialog opens; empty: where the desktop likes
 */
export function useChooser(
  field: Extract<DraftField, 'line' | 'folder'>,
  value: string,
  from: string,
  onChosen: (path: string) => void,
): Chooser {
  const { ask } = useHoldfast();
  const [refused, setRefused] = useState<{ of: string; message: string } | null>(null);
  const kind = field === 'line' ? 'program' : 'folder';
  const choose = async (): Promise<void> => {
    setRefused(null);
    try {
      const { path } = await ask('path.choose', { kind, ...(from === '' ? {} : { from }) });
      if (path !== null) onChosen(path);
    } catch (error) {
      setRefused({ of: value, message: sentenceOf(error) });
    }
  };
  const isShown = refused !== null && refused.of === value;
  return {
    kind,
    findings: isShown
      ? [{ field, grade: 'doubtful', message: refused.message, foreign: true }]
      : [],
    choose,
  };
}

export function ChooseButton({ chooser: { kind, choose } }: { readonly chooser: Chooser }) {
  return (
    <Button icon="folder" onClick={() => void choose()} testId={`choose-${kind}`}>
      <span aria-hidden="true">{words.form.choose}</span>
      <span className="visually-hidden">
        {kind === 'program' ? words.form.chooseProgram : words.form.chooseFolder}
      </span>
    </Button>
  );
}
