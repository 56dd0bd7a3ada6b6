/** A preset's form, with the fields that the preset names. The watcher says which values can't be used. */

import { type FormEvent, useState } from 'react';
import type { PresetView } from '../../../electron/contract/presets.ts';
import { words } from '../../../electron/words/spoken.ts';
import { sentenceOf } from '../../bridge.ts';
import { useHoldfast, useView } from '../../store/hooks.ts';
import { withEntry } from '../../store/view.ts';
import { Button } from '../../ui/button.tsx';
import { foreign } from '../../ui/foreign.tsx';
import { ProblemText } from '../../ui/messages.tsx';
import { FormField } from '../form/form-field.tsx';
import { shownPreset } from './preset-words.ts';

const nothingTyped: Readonly<Record<string, string>> = {};

export function PresetForm({ preset }: { readonly preset: PresetView }) {
  const { ask, openGateway, view } = useHoldfast();
  const values = useView(({ typed }) => typed[preset.id]) ?? nothingTyped;
  const setValues = (next: Readonly<Record<string, string>> | null): void =>
    view.setState(({ typed }) => ({ typed: withEntry(typed, preset.id, next) }));
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const shown = shownPreset(preset);
  const missing = shown.fields.find(
    ({ name, optional }) => optional !== true && (values[name] ?? '').trim() === '',
  );
  const add = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const { id } = await ask('preset.add', { id: preset.id, values });
      setValues(null);
      openGateway(id, 'status');
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!missing && !busy) void add();
  };
  return (
    <form className="form" lang={shown.isForeign ? foreign() : undefined} onSubmit={submit}>
      <p className="card-note">{shown.about}</p>
      {shown.fields.map((field) => (
        <FormField
          key={field.name}
          {...field}
          optional={field.optional ?? false}
          value={values[field.name] ?? ''}
          testId={`${preset.id}-${field.name}`}
          onChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      {problem !== null && (
        <ProblemText
          problem={{ message: problem }}
          tone="bad"
          testId={`add-problem-${preset.id}`}
        />
      )}
      <div className="form-actions">
        <Button
          icon="plus"
          disabled={missing !== undefined}
          busy={busy}
          onClick={() => void add()}
          testId={`add-submit-${preset.id}`}
        >
          {words.common.add}
        </Button>
        {missing && (
          <small className="form-reason" role="status" data-testid={`add-reason-${preset.id}`}>
            {words.adding.nothingTyped(missing.label)}
          </small>
        )}
      </div>
    </form>
  );
}
