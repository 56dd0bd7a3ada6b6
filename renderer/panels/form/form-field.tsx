/** A labelled field of a form, with its hint and what is to be said about what is typed. */

import { type ReactNode, useEffect, useId } from 'react';
import type { Finding } from '../../../electron/contract/draft/findings.ts';
import { words } from '../../../electron/words/spoken.ts';
import { Foreign } from '../../ui/foreign.tsx';
import { Icon } from '../../ui/icons.tsx';

interface FindingTextProps {
  readonly finding: Pick<Finding, 'message' | 'grade' | 'foreign'>;
  readonly id?: string;
  readonly testId?: string;
}

/** A sentence at a field. Announced: it comes while one types elsewhere in the field. */
export function FindingText({ finding, id, testId }: FindingTextProps) {
  const tone = finding.grade === 'wrong' ? 'bad' : 'warning';
  return (
    <span id={id} className={`finding finding-${tone}`} role="status" data-testid={testId}>
      <Icon name="warning" />
      {finding.foreign ? <Foreign>{finding.message}</Foreign> : finding.message}
    </span>
  );
}

interface FormFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly testId: string;
  readonly optional?: boolean;
  readonly placeholder?: string;
  readonly hint?: ReactNode;
  readonly findings?: readonly Finding[];
  /** Beside it: another way to fill it. */
  readonly action?: ReactNode;
  /** More lines are possible: a command. */
  readonly long?: boolean;
  /** The cursor begins here. */
  readonly first?: boolean;
}

export function FormField(props: FormFieldProps) {
  const { label, value, onChange, testId, placeholder, hint, findings = [], optional } = props;
  const { first = false } = props;
  const id = useId();
  useEffect(() => {
    if (first) document.getElementById(id)?.focus();
  }, [first, id]);
  const shown = findings.filter(({ grade }) => grade !== 'missing');
  const described = [...(hint ? [`${id}-hint`] : []), ...shown.map((_, n) => `${id}-${n}`)];
  const shared = {
    id,
    value,
    placeholder,
    'aria-describedby': described.join(' ') || undefined,
    'aria-invalid': shown.some(({ grade }) => grade === 'wrong') || undefined,
    autoComplete: 'off',
    spellCheck: false,
    'data-testid': testId,
  };
  return (
    <div className="form-field">
      <label htmlFor={id}>
        {label}
        {optional && <small> {words.form.optional}</small>}
      </label>
      <div className="form-input">
        {props.long ? (
          <textarea
            {...shared}
            rows={1}
            className="mono"
            maxLength={32_768}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <input
            {...shared}
            type="text"
            maxLength={4096}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
        {props.action}
      </div>
      {shown.map((finding, n) => (
        <FindingText
          key={finding.message}
          id={`${id}-${n}`}
          finding={finding}
          testId={`${testId}-finding`}
        />
      ))}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}
