/** The update, state by state. Every state says what happens and what can be done. */
import type { ReactNode } from 'react';
import type { Offer, UpdateState } from '../../../electron/contract/update.ts';
import { ago } from '../../format/quantities.ts';
import { useNow } from '../../store/clock.ts';
import { Card } from '../../ui/card.tsx';
import { Icon, Spinner } from '../../ui/icons.tsx';
import { ProblemText } from '../../ui/messages.tsx';
import { CallButton } from './call-button.tsx';
import { DownloadProgress } from './download-progress.tsx';
import { HeldCard } from './held-card.tsx';
import { OfferDetails } from './offer-details.tsx';
import { PutOffOffer, ShowLogButton, SkipButton } from './put-off.tsx';
import { UpdatePlan } from './update-plan.tsx';
import { UpdateSteps } from './update-steps.tsx';

export function UpdateCard({ update }: { readonly update: UpdateState }) {
  switch (update.status) {
    case 'unavailable':
      return (
        <Card title="This copy can’t update itself" testId="update-card">
          <ProblemText problem={update.problem} testId="update-problem" />
        </Card>
      );
    case 'idle':
    case 'checking':
    case 'up-to-date':
      return <CheckCard update={update} />;
    case 'available':
    case 'downloading':
    case 'paused':
    case 'ready':
      return <OfferCard update={update} />;
    case 'preparing':
    case 'releasing':
    case 'installing':
    case 'handed-over':
      return (
        <Card
          title={`Updating to Holdfast ${update.version}`}
          aside={isCancellable(update.status) && <CallButton call="update.cancel" label="Cancel" />}
          testId="update-card"
        >
          <UpdateSteps update={update} />
        </Card>
      );
    case 'held':
      return <HeldCard version={update.version} holders={update.holders} />;
    case 'failed':
      return <FailedCard update={update} />;
  }
}

/** Until the files are replaced. */
function isCancellable(status: UpdateState['status']): boolean {
  return status === 'preparing' || status === 'releasing';
}

type Of<Status extends UpdateState['status']> = Extract<UpdateState, { status: Status }>;

/** Nothing is offered: one line. */
function CheckCard({ update }: { readonly update: Of<'idle' | 'checking' | 'up-to-date'> }) {
  switch (update.status) {
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
  }
}

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

const offerTitle = {
  available: (version: string) => `Holdfast ${version} is available`,
  downloading: (version: string) => `Downloading Holdfast ${version}`,
  paused: (version: string) => `The download of Holdfast ${version} is paused`,
  ready: (version: string) => `Holdfast ${version} is ready`,
} as const;

const offerAction = {
  available: <CallButton call="update.download" label="Download" primary />,
  downloading: (
    <>
      <CallButton call="update.pause" label="Pause" />
      <CallButton call="update.cancel" label="Cancel" />
    </>
  ),
  paused: (
    <>
      <CallButton call="update.download" label="Resume" primary />
      <CallButton call="update.cancel" label="Cancel" />
    </>
  ),
  ready: <CallButton call="update.install" label="Update now" primary />,
} as const;

/** A version that can be downloaded, is being downloaded, or waits to be installed. */
function OfferCard({
  update,
}: {
  readonly update: Of<'available' | 'downloading' | 'paused' | 'ready'>;
}) {
  return (
    <Card
      title={offerTitle[update.status](update.version)}
      aside={offerAction[update.status]}
      testId="update-card"
    >
      {'transferred' in update ? (
        <DownloadProgress {...update} />
      ) : (
        <PutOffOffer version={update.version} />
      )}
      {update.status === 'ready' && <UpdatePlan />}
      <OfferDetails offer={update} />
    </Card>
  );
}

const retryLabel = {
  check: 'Check again',
  download: 'Download again',
  install: 'Try the update again',
} as const;

function FailedCard({ update: { offer, problem, retry } }: { readonly update: Of<'failed'> }) {
  return (
    <Card
      title={failedTitle(offer)}
      aside={<CallButton call="update.retry" label={retryLabel[retry]} primary />}
      testId="update-card"
    >
      <ProblemText problem={problem} tone="bad" testId="update-problem" />
      {offer && (
        <div className="card-actions choices">
          <SkipButton version={offer.version} />
          <ShowLogButton />
        </div>
      )}
      {offer && <OfferDetails offer={offer} />}
    </Card>
  );
}

function failedTitle(offer: Offer | null): string {
  return offer ? `The update to ${offer.version} did not go through` : 'The check did not work';
}
