/** Buttons. One primary button a view at most. */
import type { ReactNode } from 'react';
import { Icon, type IconName, Spinner } from './icons.tsx';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick: () => void;
  readonly kind?: 'primary' | 'secondary' | 'danger' | 'quiet';
  readonly icon?: IconName;
  readonly disabled?: boolean;
  /** The intent is on its way: no second press, and a sign that something happens. */
  readonly busy?: boolean;
  readonly testId?: string;
}

export function Button({
  children,
  onClick,
  kind = 'secondary',
  icon,
  disabled = false,
  busy = false,
  testId,
}: ButtonProps) {
  return (
    <button
      type="button"
      className={`button button-${kind}`}
      onClick={onClick}
      disabled={disabled || busy}
      aria-busy={busy}
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
  readonly testId?: string;
}

export function IconButton({ icon, label, onClick, pressed, disabled, testId }: IconButtonProps) {
  return (
    <button
      type="button"
      className="icon-button"
      onClick={onClick}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      data-testid={testId}
    >
      <Icon name={icon} />
    </button>
  );
}
