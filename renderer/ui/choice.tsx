/** Choosing one of a few, and saying yes or no: real radio buttons and checkboxes, dressed up. */
import { type ReactNode, useId } from 'react';

export interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
  /** Of the label, where it is another than the window's. */
  readonly lang?: string;
}

interface ChoiceProps<T extends string> {
  readonly legend: string;
  /** Where nothing else in sight says what is chosen. */
  readonly showLegend?: boolean;
  readonly options: readonly Option<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** `segments` for two or three short words, `rows` for sentences. */
  readonly layout: 'segments' | 'rows';
  readonly testId: string;
}

export function Choice<T extends string>({
  legend,
  showLegend = false,
  options,
  value,
  onChange,
  layout,
  testId,
}: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset
      className={`choice choice-${layout} ${showLegend ? 'choice-titled' : ''}`}
      data-testid={testId}
      data-value={value}
    >
      <legend>{legend}</legend>
      <div className="choice-options">
        {options.map((option) => (
          <label key={option.value} className="choice-option">
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              data-testid={`${testId}-${option.value}`}
            />
            <span className="choice-label" lang={option.lang}>
              {option.label}
              {option.hint && <small>{option.hint}</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
  readonly hint?: string;
  /** A switch takes effect at once; a checkbox when something else is pressed. */
  readonly kind: 'switch' | 'checkbox';
  readonly testId: string;
}

export function Check({ checked, onChange, children, hint, kind, testId }: CheckProps) {
  return (
    <label className={`check check-${kind}`}>
      <input
        type="checkbox"
        role={kind === 'switch' ? 'switch' : undefined}
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
        data-testid={testId}
      />
      <span className="choice-label">
        {children}
        {hint && <small>{hint}</small>}
      </span>
    </label>
  );
}
