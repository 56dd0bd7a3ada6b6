/** Messages to the user: banners, problems, passing toasts, and what an empty view says. */

import type { ReactNode } from 'react';
import type { Problem } from '../../electron/contract/gateway.ts';
import { words } from '../../electron/words/spoken.ts';
import { useHoldfast, useView } from '../store/hooks.ts';
import { dropToast } from '../store/view.ts';
import { Button, IconButton } from './button.tsx';
import { Foreign } from './foreign.tsx';
import { Icon, type IconName, Spinner } from './icons.tsx';

export type BannerTone = 'info' | 'good' | 'warning' | 'bad' | 'busy';

const iconOfTone: Readonly<Record<Exclude<BannerTone, 'busy'>, IconName>> = {
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

/** Across the top of the window, for as long as it is true. */
export function Banner({ tone, title, children, actions, onDismiss, testId }: BannerProps) {
  return (
    <div
      className={`banner banner-${tone}`}
      role={tone === 'bad' ? 'alert' : 'status'}
      data-testid={testId}
    >
      {tone === 'busy' ? <Spinner /> : <Icon name={iconOfTone[tone]} />}
      <div className="banner-text">
        <p className="banner-title">{title}</p>
        {children && <p className="banner-more">{children}</p>}
      </div>
      {actions && <div className="banner-actions">{actions}</div>}
      {onDismiss && (
        <IconButton
          icon="cross"
          label={words.common.dismiss}
          onClick={onDismiss}
          {...(testId ? { testId: `${testId}-dismiss` } : {})}
        />
      )}
    </div>
  );
}

interface ProblemTextProps {
  /** As whoever found it has written it. */
  readonly problem: Problem;
  /** Of the window, in its language; instead of the problem's own. */
  readonly hint?: string;
  /** `bad` where nothing goes on by itself. */
  readonly tone?: 'warning' | 'bad';
  readonly testId?: string;
}

/** What failed and what to do about it. */
export function ProblemText({ problem, hint, tone = 'warning', testId }: ProblemTextProps) {
  return (
    <div className={`problem problem-${tone}`} role="alert" data-testid={testId}>
      <span className="problem-sign">
        <Icon name="warning" />
      </span>
      <div>
        <p className="problem-message">
          <Foreign>{problem.message}</Foreign>
        </p>
        {(hint ?? problem.hint) && (
          <p className="problem-hint">{hint ?? <Foreign>{problem.hint}</Foreign>}</p>
        )}
      </div>
    </div>
  );
}

/** Passing messages in the corner; they leave by themselves and can be dismissed. */
export function Toasts() {
  const { view } = useHoldfast();
  const toasts = useView((state) => state.toasts);
  return (
    <div className="toasts" aria-live="polite" data-testid="toasts">
      {toasts.map(({ id, tone, text, action }) => (
        <div key={id} className={`toast toast-${tone}`} data-testid="toast">
          <Icon name={tone === 'danger' ? 'warning' : 'check'} />
          <p>{tone === 'danger' ? <Foreign>{text}</Foreign> : text}</p>
          {action && (
            <Button
              onClick={() => {
                dropToast(view, id);
                action.run();
              }}
              testId="toast-action"
            >
              {action.name}
            </Button>
          )}
          <IconButton
            icon="cross"
            label={words.common.dismiss}
            onClick={() => dropToast(view, id)}
          />
        </div>
      ))}
    </div>
  );
}

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly testId?: string;
  /** It stands below the title of a view. */
  readonly inside?: boolean;
}

/** A view without content. */
export function Empty({ icon, title, children, actions, testId, inside = false }: EmptyProps) {
  const Heading = inside ? 'h2' : 'h1';
  return (
    <div className="empty" data-testid={testId}>
      <span className="empty-icon">
        <Icon name={icon} />
      </span>
      <Heading>{title}</Heading>
      {children && <p>{children}</p>}
      {actions && <div className="empty-actions">{actions}</div>}
    </div>
  );
}
