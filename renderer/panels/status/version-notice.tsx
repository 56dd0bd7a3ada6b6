/** A gateway's versions: what is installed, what is available, an update under way, and how the last one ended. */
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import type { GatewayReceipt, GatewayUpdate } from '../../../electron/contract/gateway-update.ts';
import {
  gatewayUpdateName,
  ownReceiptName,
  undecidedPhases,
  updateWaitName,
  updateWhenChoices,
  updateWhenOf,
} from '../../../electron/contract/gateway-update-words.ts';
import { words } from '../../../electron/words/spoken.ts';
import { ago, span } from '../../format/quantities.ts';
import { clientWords } from '../../format/receipt-words.ts';
import { useNow } from '../../store/clock.ts';
import { useApp, useBusy, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Fact, Facts } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Banner, ProblemText } from '../../ui/messages.tsx';
import { Remaining } from '../../ui/remaining.tsx';

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
      title={words.versions.available(name, version.newest)}
      testId="gateway-version-offer"
      actions={<UpdateButton gateway={gateway} connected={connected} primary />}
    >
      {words.common.sentences([
        version.installed === null ? '' : words.versions.installedNow(version.installed),
        waits === null ? '' : words.common.asSentence(waits),
        words.versions.stops,
        undoable ? words.versions.undoable : words.versions.notUndoable,
      ])}
    </Banner>
  );
}

function UnderWay({ gateway, connected, update }: Props & { readonly update: GatewayUpdate }) {
  const { send } = useHoldfast();
  const { id, name } = gateway;
  const deciding = useBusy(`decide ${id}`);
  const { fromVersion, toVersion, phase, until } = update;
  const undecided = undecidedPhases.has(phase);
  const say = undecided ? words.versions.updated : words.versions.updating;
  return (
    <Banner
      tone={phase === 'confirming' ? 'warning' : 'busy'}
      title={say(name, fromVersion, toVersion)}
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
              {words.versions.keep}
            </Button>
            <Button
              icon="restart"
              disabled={!connected}
              busy={deciding}
              onClick={() => void send('gateway.undoVersion', { id }, `decide ${id}`)}
              testId="gateway-undo-version"
            >
              {words.versions.goBack}
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
      title={words.versions.title}
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
              {words.versions.check}
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
          <Fact name={words.versions.installed} testId="fact-version">
            {version.installed ?? words.common.unknown}
          </Fact>
        )}
        {version && (
          <Fact name={words.versions.newest} testId="fact-newest">
            {version.newest ?? words.common.unknown}
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
      legend={words.versions.when}
      layout="rows"
      options={updateWhenChoices.map((value) => ({ value, label: words.updateWhens[value] }))}
      value={updateWhenOf(gateway)}
      onChange={(when) => void send('gateway.updateWhen', { id, when })}
      testId="gateway-update-when"
    />
  );
}

function CheckedAt({ at }: { readonly at: number }) {
  return <small className="fact-more">{words.versions.asked(ago(at, useNow()))}</small>;
}

/** When, from what to what, and for how long it was away. */
function LastUpdate({ receipt, id }: { readonly receipt: GatewayReceipt; readonly id: string }) {
  const now = useNow();
  const { at, gateways, own, automatic } = receipt;
  const { absenceMs: away = null, client } = gateways.find((one) => one.id === id) ?? {};
  return (
    <>
      <Fact name={words.versions.lastUpdate} testId="fact-last-update">
        {gatewayUpdateName(receipt)}
        <small className="fact-more">
          {ago(at, now)}
          {automatic !== undefined && words.versions.byItself}
          {away !== null && away > 0 && words.versions.away(span(away))}
          {client && words.versions.clients(clientWords(client))}
        </small>
      </Fact>
      {own && (
        <Fact name={words.versions.updaterSays} testId="fact-own-receipt">
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
      {words.common.update}
    </Button>
  );
}
