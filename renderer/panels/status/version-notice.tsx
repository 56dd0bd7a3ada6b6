/** A gateway's versions: what is installed, what is available, an update under way, and how the last one ended. */
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import {
  type GatewayReceipt,
  type GatewayUpdate,
  gatewayUpdateName,
  ownReceiptName,
  undecidedPhases,
  updateWaitName,
  updateWhenChoices,
  updateWhenOf,
} from '../../../electron/contract/gateway-update.ts';
import { words } from '../../../electron/words/spoken.ts';
import { ago, remaining, span } from '../../format/quantities.ts';
import { clientWords } from '../../format/receipt-words.ts';
import { useNow } from '../../store/clock.ts';
import { useApp, useBusy, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Fact, Facts } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Banner, ProblemText } from '../../ui/messages.tsx';

interface Props {
  readonly gateway: GatewayView;
  readonly connected: boolean;
}

/** An update that is under way, or a version that can be installed; nothing when there is neither. */
export function VersionNotice({ gateway, connected }: Props) {
  const update = useApp((state) => state.gatewayUpdates[gateway.id]?.update ?? null);
  if (update) return <UnderWay gateway={gateway} connected={connected} update={update} />;
  const { version, name, updatable, undoable, updateWaits } = gateway;
  const waits = updateWaitName(updateWaits);
  if (!version?.offered || version.newest === null || !updatable) return null;
  return (
    <Banner
      tone="info"
      title={`${name} ${version.newest} is available.`}
      testId="gateway-version-offer"
      actions={<UpdateButton gateway={gateway} connected={connected} primary />}
    >
      {version.installed !== null && `Version ${version.installed} is installed. `}
      {waits !== null && `${waits[0]?.toUpperCase()}${waits.slice(1)}. `}
      The gateway is stopped for the update.{' '}
      {undoable
        ? 'If the new version fails, the old one comes back.'
        : 'Its profile does not say how to bring the old version back.'}
    </Banner>
  );
}

function UnderWay({ gateway, connected, update }: Props & { readonly update: GatewayUpdate }) {
  const { send } = useHoldfast();
  const { id, name } = gateway;
  const deciding = useBusy(`decide ${id}`);
  const { fromVersion, toVersion, phase, until } = update;
  const to = toVersion === null ? '' : ` to ${toVersion}`;
  const from = fromVersion === null ? '' : ` from ${fromVersion}`;
  const undecided = undecidedPhases.has(phase);
  return (
    <Banner
      tone={phase === 'confirming' ? 'warning' : 'busy'}
      title={undecided ? `${name} was updated${from}${to}.` : `Updating ${name}${from}${to}…`}
      testId="gateway-updating"
      actions={
        undecided && (
          <>
            <Button
              icon="check"
              kind="primary"
              disabled={!connected}
              busy={deciding}
              onClick={() => void send('gateway.keepVersion', { id }, `decide ${id}`)}
              testId="gateway-keep-version"
            >
              Keep
            </Button>
            <Button
              icon="restart"
              disabled={!connected}
              busy={deciding}
              onClick={() => void send('gateway.undoVersion', { id }, `decide ${id}`)}
              testId="gateway-undo-version"
            >
              Go back
            </Button>
          </>
        )
      }
    >
      {words.gatewayPhases[phase]}
      {until !== null && <Remaining until={until} />}
    </Banner>
  );
}

function Remaining({ until }: { readonly until: number }) {
  return <span aria-hidden="true"> ({remaining(until, useNow())} left)</span>;
}

/** The versions as facts, with what can be done about them; nothing where the profile says nothing. */
export function VersionCard({ gateway, connected }: Props) {
  const { send } = useHoldfast();
  const { id, version, updatable } = gateway;
  const found = useApp((state) => state.gatewayUpdates[id]);
  const checking = useBusy(`versions ${id}`);
  const receipt = found?.receipt ?? null;
  if (!version && !updatable && !receipt) return null;
  return (
    <Card
      title="Version"
      testId="gateway-version"
      aside={
        <span className="card-actions">
          {version && (
            <Button
              kind="quiet"
              disabled={!connected}
              busy={checking}
              onClick={() => void send('gateway.checkVersion', { id }, `versions ${id}`)}
              testId="gateway-check-version"
            >
              Check now
            </Button>
          )}
          {updatable && !found?.update && !version?.offered && (
            <UpdateButton gateway={gateway} connected={connected} />
          )}
        </span>
      }
    >
      <Facts>
        {version && (
          <Fact name="Installed" testId="fact-version">
            {version.installed ?? 'not known yet'}
          </Fact>
        )}
        {version && (
          <Fact name="Newest" testId="fact-newest">
            {version.newest ?? 'not known yet'}
            {version.checkedAt !== null && <CheckedAt at={version.checkedAt} />}
          </Fact>
        )}
        {receipt && !found?.update && <LastUpdate receipt={receipt} id={id} />}
      </Facts>
      {updatable && version && <WhenChoice gateway={gateway} />}
      {version?.problem && (
        <ProblemText problem={version.problem} testId="gateway-version-problem" />
      )}
      {receipt?.problem && !found?.update && (
        <ProblemText
          problem={receipt.problem}
          tone={receipt.outcome === 'failed' ? 'bad' : 'warning'}
          testId="gateway-update-problem"
        />
      )}
    </Card>
  );
}

/** As far as is known: an updater may know better, as with a development version that keeps its number. */
function isNewest(version: GatewayView['version']): boolean {
  return version != null && version.installed === version.newest;
}

/** Nothing is installed unasked: by itself only where the user says so here. */
function WhenChoice({ gateway }: { readonly gateway: GatewayView }) {
  const { send } = useHoldfast();
  const { id } = gateway;
  return (
    <Choice
      legend="Install new versions"
      layout="rows"
      options={updateWhenChoices.map((value) => ({ value, label: words.updateWhens[value] }))}
      value={updateWhenOf(gateway)}
      onChange={(when) => void send('gateway.updateWhen', { id, when })}
      testId="gateway-update-when"
    />
  );
}

function CheckedAt({ at }: { readonly at: number }) {
  return <small className="fact-more">asked {ago(at, useNow())}</small>;
}

/** When, from what to what, and for how long it was away. */
function LastUpdate({ receipt, id }: { readonly receipt: GatewayReceipt; readonly id: string }) {
  const now = useNow();
  const { at, gateways, own, automatic } = receipt;
  const { absenceMs: away = null, client } = gateways.find((one) => one.id === id) ?? {};
  return (
    <>
      <Fact name="Last update" testId="fact-last-update">
        {gatewayUpdateName(receipt)}
        <small className="fact-more">
          {ago(at, now)}
          {automatic !== undefined && ', by itself'}
          {away !== null && away > 0 && `; away for ${span(away)}`}
          {client && `; clients: ${clientWords(client)}`}
        </small>
      </Fact>
      {own && (
        <Fact name="Its updater says" testId="fact-own-receipt">
          {ownReceiptName(own)}
        </Fact>
      )}
    </>
  );
}

function UpdateButton({ gateway, connected, primary }: Props & { readonly primary?: boolean }) {
  const { send } = useHoldfast();
  const { id } = gateway;
  const busy = useBusy(`update ${id}`);
  const usual = isNewest(gateway.version) ? 'quiet' : 'secondary';
  return (
    <Button
      kind={primary ? 'primary' : usual}
      disabled={!connected || gateway.state.status === 'external'}
      busy={busy}
      onClick={() => void send('gateway.update', { id }, `update ${id}`)}
      testId="gateway-install-version"
    >
      Update
    </Button>
  );
}
