/** Buttons. One primary button a view at most. */
import type { ReactNode } from 'react';
import { Icon, type IconName, Spinner } from './icons.tsx';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick: () => void;
  readonly kind?: 'primary' | 'secondary' | 'danger' | 'quiet';
  readonly icon?: IconName;
  readonly disabled?: boolean;
  /** The keys that do the same; shown as a tooltip. */
  readonly keys?: string;
  /** The intent is on its way: no second press, and a sign that something happens. */
  readonly busy?: boolean;
  /** Given: the button is a toggle. */
  readonly pressed?: boolean;
  /** Where the Tab key does not stop at each of many. */
  readonly tabIndex?: 0 | -1 | undefined;
  readonly testId?: string;
}

export function Button({
  children,
  onClick,
  kind = 'secondary',
  icon,
  disabled = false,
  busy = false,
  keys,
  pressed,
  tabIndex,
  testId,
}: ButtonProps) {
  return (
    <button
      type="button"
      className={`button button-${kind}`}
      onClick={onClick}
      disabled={disabled || busy}
      aria-busy={busy}
      aria-pressed={pressed}
      title={keys}
      tabIndex={tabIndex}
      data-testid={testId}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} />}
      <span className="button-text">{children}</span>
    </button>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  /** Read aloud and shown as a tooltip. */
  readonly label: string;
  readonly onClick: () => void;
  /** Given: the button is a toggle. */
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  /** These two as of `Button`. */
  readonly busy?: boolean;
  readonly tabIndex?: 0 | -1;
  readonly testId?: string;
}

export function IconButton(props: IconButtonProps) {
  const { icon, label, onClick, pressed, disabled = false, busy = false, tabIndex, testId } = props;
  return (
    <button
      type="button"
      className="icon-button"
      onClick={onClick}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-busy={busy}
      disabled={disabled || busy}
      tabIndex={tabIndex}
      data-testid={testId}
    >
      {busy ? <Spinner /> : <Icon name={icon} />}
    </button>
  );
}
