/** A line across the top of the window: something the user should know until it is over. */
import type { ReactNode } from 'react';
import type { Problem } from '../../electron/contract/gateway.ts';
import { IconButton } from './button.tsx';
import { Icon, type IconName, Spinner } from './icons.tsx';

export type BannerTone = 'info' | 'good' | 'warning' | 'bad' | 'busy';

const ICONS: Readonly<Record<Exclude<BannerTone, 'busy'>, IconName>> = {
  info: 'info',
  good: 'check',
  warning: 'warning',
  bad: 'warning',
};

interface BannerProps {
  readonly tone: BannerTone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly onDismiss?: () => void;
  readonly testId?: string;
}

export function Banner({ tone, title, children, actions, onDismiss, testId }: BannerProps) {
  return (
    <div
      className={`banner banner-${tone}`}
      role={tone === 'bad' ? 'alert' : 'status'}
      data-testid={testId}
    >
      {tone === 'busy' ? <Spinner /> : <Icon name={ICONS[tone]} />}
      <div className="banner-text">
        <p className="banner-title">{title}</p>
        {children && <p className="banner-more">{children}</p>}
      </div>
      {actions && <div className="banner-actions">{actions}</div>}
      {onDismiss && (
        <IconButton
          icon="cross"
          label="Dismiss"
          onClick={onDismiss}
          {...(testId ? { testId: `${testId}-dismiss` } : {})}
        />
      )}
    </div>
  );
}

interface ProblemTextProps {
  readonly problem: Problem;
  /** `bad` where nothing goes on by itself. */
  readonly tone?: 'warning' | 'bad';
  readonly testId?: string;
}

/** What failed, and what to do, wherever it failed. */
export function ProblemText({ problem, tone = 'warning', testId }: ProblemTextProps) {
  return (
    <div className={`problem problem-${tone}`} role="alert" data-testid={testId}>
      <Icon name="warning" />
      <div>
        <p className="problem-message">{problem.message}</p>
        {problem.hint && <p className="problem-hint">{problem.hint}</p>}
      </div>
    </div>
  );
}
