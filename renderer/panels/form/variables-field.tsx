/** The environment variables of a gateway. A value that is stored never comes into the window: it is kept, or typed anew. */

import { useState } from 'react';
import { isKept, type Variable } from '../../../electron/contract/draft/draft.ts';
import type { Finding } from '../../../electron/contract/draft/findings.ts';
import { hiddenValue } from '../../../electron/contract/profile-id.ts';
import { words } from '../../../electron/words/spoken.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { FindingText } from './form-field.tsx';

interface Props {
  readonly variables: readonly Variable[];
  /** The names whose values are stored. */
  readonly stored: ReadonlySet<string>;
  readonly onChange: (variables: readonly Variable[]) => void;
  readonly findings: readonly Finding[];
}

export function VariablesField({ variables, stored, onChange, findings }: Props) {
  const [shown, setShown] = useState(false);
  const put = (changed: Variable): void =>
    onChange(variables.map((one) => (one.row === changed.row ? changed : one)));
  const add = (): void => {
    const row = 1 + Math.max(-1, ...variables.map((one) => one.row));
    onChange([...variables, { row, name: '', value: '' }]);
  };
  return (
    <fieldset className="form-field variables" data-testid="form-variables">
      <legend>
        {words.variables.title}
        <small> {words.form.optional}</small>
      </legend>
      {variables.map((variable, n) => (
        <VariableRow
          key={variable.row}
          number={n + 1}
          variable={variable}
          isStored={stored.has(variable.name)}
          shown={shown}
          onChange={put}
          onRemove={() => onChange(variables.filter(({ row }) => row !== variable.row))}
        />
      ))}
      {findings.map((finding) => (
        <FindingText key={finding.message} finding={finding} testId="form-variables-finding" />
      ))}
      <div className="form-actions">
        <Button icon="plus" onClick={add} testId="form-variable-add">
          {words.variables.add}
        </Button>
        {variables.length > 0 && (
          <Button
            kind="quiet"
            onClick={() => setShown((before) => !before)}
            testId="form-variables-show"
          >
            {shown ? words.variables.hide : words.variables.show}
          </Button>
        )}
      </div>
      {stored.size > 0 && shown && <small>{words.variables.stored}</small>}
    </fieldset>
  );
}

interface RowProps {
  readonly number: number;
  readonly variable: Variable;
  readonly isStored: boolean;
  readonly shown: boolean;
  readonly onChange: (variable: Variable) => void;
  readonly onRemove: () => void;
}

function VariableRow({ number, variable, isStored, shown, onChange, onRemove }: RowProps) {
  const { row, name } = variable;
  const kept = isKept(variable);
  const about = name === '' ? words.variables.numbered(number) : name;
  return (
    <div className="variable">
      <input
        type="text"
        className="mono"
        aria-label={words.variables.nameOf(number)}
        placeholder={words.variables.namePlaceholder}
        value={name}
        // A stored value belongs to its name.
        readOnly={kept}
        maxLength={256}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange({ ...variable, name: event.target.value })}
        data-testid={`form-variable-name-${row}`}
      />
      <input
        type={shown ? 'text' : 'password'}
        className="mono"
        aria-label={words.variables.valueOf(about)}
        placeholder={
          kept || isStored ? words.variables.storedPlaceholder : words.variables.valuePlaceholder
        }
        value={kept ? '' : variable.value}
        maxLength={32_768}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target: { value } }) =>
          onChange({ ...variable, value: value === '' && isStored ? hiddenValue : value })
        }
        data-testid={`form-variable-value-${row}`}
      />
      <IconButton
        icon="cross"
        label={words.variables.remove(about)}
        onClick={onRemove}
        testId={`form-variable-remove-${row}`}
      />
    </div>
  );
}
