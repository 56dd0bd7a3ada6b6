/** A preset's form, with the fields that the preset names. The watcher says which values can't be used. */
import { type FormEvent, useId, useState } from 'react';
import type { PresetField, PresetView } from '../../../electron/contract/presets.ts';
import { sentenceOf } from '../../bridge.ts';
import { useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemText } from '../../ui/messages.tsx';

export function PresetForm({ preset }: { readonly preset: PresetView }) {
  const { ask, openGateway } = useHoldfast();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const ready = preset.fields.every(
    ({ name, optional }) => optional === true || (values[name] ?? '').trim() !== '',
  );
  const add = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const { id } = await ask('preset.add', { id: preset.id, values });
      setValues({});
      openGateway(id, 'status');
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !busy) void add();
  };
  return (
    <form className="form" onSubmit={submit}>
      <p className="card-note">{preset.about}</p>
      {preset.fields.map((field) => (
        <Field
          key={field.name}
          field={field}
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
          disabled={!ready}
          busy={busy}
          onClick={() => void add()}
          testId={`add-submit-${preset.id}`}
        >
          Add
        </Button>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly field: PresetField;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly testId: string;
}

function Field({ field, value, onChange, testId }: FieldProps) {
  const id = useId();
  const hint = useId();
  return (
    <div className="form-field">
      <label htmlFor={id}>
        {field.label}
        {field.optional && <small> (optional)</small>}
      </label>
      <input
        id={id}
        type="text"
        value={value}
        placeholder={field.placeholder}
        aria-describedby={field.hint ? hint : undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={4096}
        onChange={(event) => onChange(event.target.value)}
        data-testid={testId}
      />
      {field.hint && <small id={hint}>{field.hint}</small>}
    </div>
  );
}
