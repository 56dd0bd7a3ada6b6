/** The update, state by state. Every state says what happens and what can be done. */

import type { ReactNode } from 'react';
import { putOff } from '../../../electron/contract/put-off.ts';
import type { Offer, UpdateState } from '../../../electron/contract/update.ts';
import { isNewer } from '../../../electron/contract/version.ts';
import { words } from '../../../electron/words/spoken.ts';
import { ago } from '../../format/quantities.ts';
import { useNow } from '../../store/clock.ts';
import { useApp } from '../../store/hooks.ts';
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
  const own = useApp(({ app }) => app.version);
  switch (update.status) {
    case 'unavailable':
      return (
        <Card title={words.updating.unavailable} testId="update-card">
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
          title={
            isNewer(own, update.version)
              ? words.updating.goingBack(update.version)
              : words.updating.underWay(update.version)
          }
          aside={
            isCancellable(update.status) && (
              <CallButton call="update.cancel" label={words.common.cancel} />
            )
          }
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
          title={words.updating.look}
          checkedAt={update.checkedAt}
          action={<CallButton call="update.check" label={words.updating.check} primary />}
        />
      );
    case 'checking':
      return (
        <div role="status">
          <LineCard icon={<Spinner />} title={words.updating.looking} />
        </div>
      );
    case 'up-to-date':
      return (
        <LineCard
          icon={<Icon name="check" />}
          title={words.updating.newest}
          checkedAt={update.checkedAt}
          action={<CallButton call="update.check" label={words.updating.checkAgain} />}
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
  return <p>{at === null ? words.updating.notChecked : words.updating.checked(ago(at, now))}</p>;
}

function OfferAction({ status }: { readonly status: OfferStatus }) {
  const cancel = <CallButton call="update.cancel" label={words.common.cancel} />;
  switch (status) {
    case 'available':
      return <CallButton call="update.download" label={words.updating.download} primary />;
    case 'downloading':
      return (
        <>
          <CallButton call="update.pause" label={words.updating.pause} />
          {cancel}
        </>
      );
    case 'paused':
      return (
        <>
          <CallButton call="update.download" label={words.updating.resume} primary />
          {cancel}
        </>
      );
    case 'ready':
      return <CallButton call="update.install" label={words.updating.install} primary />;
  }
}

type OfferStatus = 'available' | 'downloading' | 'paused' | 'ready';

/** A version that can be downloaded, is being downloaded, or waits to be installed. */
function OfferCard({ update }: { readonly update: Of<OfferStatus> }) {
  return (
    <Card
      title={words.updating[update.status](update.version)}
      aside={<OfferAction status={update.status} />}
      testId="update-card"
    >
      {'transferred' in update ? (
        <DownloadProgress {...update} />
      ) : (
        <PutOffOffer version={update.version} />
      )}
      <WhenItBegins status={update.status} version={update.version} />
      {update.status === 'ready' && <UpdatePlan />}
      <OfferDetails offer={update} />
    </Card>
  );
}

/** What a version that is installed by itself waits for; nothing where it is left to the user. */
function WhenItBegins(props: { readonly status: OfferStatus; readonly version: string }) {
  const heldUp = useApp(({ updateHeldUp }) => updateHeldUp);
  const choice = useApp(({ settings }) => settings.installUpdates);
  const isPutOff = useApp(({ settings }) => putOff(settings, props.version) !== null);
  if (choice === 'ask' || isPutOff) return null;
  const said =
    heldUp !== null
      ? words.updating.heldUp[heldUp]
      : props.status === 'ready' && words.updating.installsItself[choice];
  return said ? (
    <p className="card-lead" data-testid="update-begins">
      {said}
    </p>
  ) : null;
}

function FailedCard({ update: { offer, problem, retry } }: { readonly update: Of<'failed'> }) {
  return (
    <Card
      title={retry === 'return' ? words.updating.returnFailed : failedTitle(offer)}
      aside={<CallButton call="update.retry" label={words.updating.retry[retry]} primary />}
      testId="update-card"
    >
      <ProblemText problem={problem} tone="bad" testId="update-problem" />
      {retry === 'return' && (
        <div className="card-actions choices">
          <CallButton call="update.check" label={words.updating.check} />
        </div>
      )}
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
  return offer ? words.updating.failed(offer.version) : words.updating.checkFailed;
}
