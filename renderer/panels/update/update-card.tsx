/** The update itself, state by state. Every state says what is going on and what can be done. */
import type { ReactNode } from 'react';
import type { UpdateState } from '../../../electron/contract/update.ts';
import { ago } from '../../format/time.ts';
import { useNow } from '../../store/clock.ts';
import { ProblemText } from '../../ui/banner.tsx';
import { Card } from '../../ui/card.tsx';
import { Icon, Spinner } from '../../ui/icons.tsx';
import { CallButton } from './call-button.tsx';
import { DownloadProgress } from './download-progress.tsx';
import { HeldCard } from './held-card.tsx';
import { OfferDetails } from './offer-details.tsx';
import { UpdatePlan } from './update-plan.tsx';
import { UpdateSteps } from './update-steps.tsx';

const RETRY_LABEL = {
  check: 'Check again',
  download: 'Download again',
  install: 'Try the update again',
} as const;

export function UpdateCard({ update }: { readonly update: UpdateState }) {
  switch (update.status) {
    case 'unavailable':
      return (
        <Card title="This copy can’t update itself" testId="update-card">
          <ProblemText problem={update.problem} testId="update-problem" />
        </Card>
      );
    case 'idle':
      return (
        <LineCard
          icon={<Icon name="download" />}
          title="Look for a newer version"
          checkedAt={update.checkedAt}
          action={<CallButton call="update.check" label="Check for updates" primary />}
        />
      );
    case 'checking':
      return (
        <div role="status">
          <LineCard icon={<Spinner />} title="Looking for a newer version…" />
        </div>
      );
    case 'up-to-date':
      return (
        <LineCard
          icon={<Icon name="check" />}
          title="You have the newest version"
          checkedAt={update.checkedAt}
          action={<CallButton call="update.check" label="Check again" />}
        />
      );
    case 'available':
      return (
        <Card
          title={`Holdfast ${update.version} is available`}
          aside={<CallButton call="update.download" label="Download" primary />}
          testId="update-card"
        >
          <OfferDetails offer={update} />
        </Card>
      );
    case 'downloading':
      return (
        <Card
          title={`Downloading Holdfast ${update.version}`}
          aside={<CallButton call="update.cancel" label="Cancel" />}
          testId="update-card"
        >
          <DownloadProgress {...update} />
          <OfferDetails offer={update} />
        </Card>
      );
    case 'ready':
      return (
        <Card
          title={`Holdfast ${update.version} is ready`}
          aside={<CallButton call="update.install" label="Update now" primary />}
          testId="update-card"
        >
          <UpdatePlan />
          <OfferDetails offer={update} />
        </Card>
      );
    case 'preparing':
    case 'releasing':
    case 'installing':
      return (
        <Card
          title={`Updating to Holdfast ${update.version}`}
          aside={
            update.status === 'releasing' && <CallButton call="update.cancel" label="Cancel" />
          }
          testId="update-card"
        >
          <UpdateSteps update={update} />
        </Card>
      );
    case 'held':
      return <HeldCard version={update.version} holders={update.holders} />;
    case 'handed-over':
      return (
        <Card title={`Updating to Holdfast ${update.version}`} testId="update-card">
          <UpdateSteps update={update} />
        </Card>
      );
    case 'failed':
      return (
        <Card
          title={
            update.offer
              ? `The update to ${update.offer.version} did not go through`
              : 'The check did not work'
          }
          aside={<CallButton call="update.retry" label={RETRY_LABEL[update.retry]} primary />}
          testId="update-card"
        >
          <ProblemText problem={update.problem} tone="bad" testId="update-problem" />
          {update.offer && <OfferDetails offer={update.offer} />}
        </Card>
      );
  }
}

/** One line: where nothing is offered. */
function LineCard(props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly checkedAt?: number | null;
  readonly action?: ReactNode;
}) {
  return (
    <Card testId="update-card">
      <div className="update-line">
        {props.icon}
        <div className="update-words">
          <h2>{props.title}</h2>
          {props.checkedAt !== undefined && <CheckedAt at={props.checkedAt} />}
        </div>
        {props.action}
      </div>
    </Card>
  );
}

function CheckedAt({ at }: { readonly at: number | null }) {
  const now = useNow();
  return <p>{at === null ? 'Not checked yet.' : `Last checked ${ago(at, now)}.`}</p>;
}
