/** One gateway in a receipt: the result, how long it was away, its process and build before and after. */
import type { ReceiptGateway } from '../../../electron/contract/receipt.ts';
import { words } from '../../../electron/words/spoken.ts';
import { span } from '../../format/quantities.ts';
import { clientWords, resultTones } from '../../format/receipt-words.ts';
import { useApp, useBusy, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Badge } from '../../ui/card.tsx';
import { Icon } from '../../ui/icons.tsx';
import { ProblemText } from '../../ui/messages.tsx';

interface Props {
  readonly gateway: ReceiptGateway;
  /** The update of Holdfast is done: a gateway that was rolled back can be tried again alone. */
  readonly again: boolean;
}

export function ReceiptGatewayRow({ gateway, again }: Props) {
  const { id, name, policy, result, proof, before, after, absenceMs, client, problem } = gateway;
  return (
    <li
      className="receipt-gateway"
      data-testid={`receipt-gateway-${id}`}
      data-gateway={id}
      data-policy={policy}
      data-result={result}
      data-proof={proof ?? undefined}
      data-absence-ms={absenceMs ?? undefined}
      data-pid={after?.identity.pid}
      data-build={after?.build ?? undefined}
      data-nonce={after?.identity.nonce}
      data-before-pid={before?.identity.pid}
      data-before-build={before?.build ?? undefined}
      data-before-nonce={before?.identity.nonce}
    >
      <div className="receipt-gateway-head">
        <strong>{name}</strong>
        <Badge tone={resultTones[result]}>{words.results[result]}</Badge>
      </div>
      <dl className="receipt-facts">
        <div>
          <dt>{words.receiptView.away}</dt>
          <dd data-testid="receipt-absence">
            {absenceMs === null ? '—' : absenceMs === 0 ? words.receiptView.never : span(absenceMs)}
          </dd>
        </div>
        {client && (
          <div>
            <dt>{words.receiptView.clients}</dt>
            <dd data-testid="receipt-clients">{clientWords(client)}</dd>
          </div>
        )}
        <div>
          <dt>{words.receiptView.planned}</dt>
          <dd>{words.common.asPart(words.policies[policy])}</dd>
        </div>
        {proof && (
          <div>
            <dt>{words.facts.checked}</dt>
            <dd>{words.proofs[proof]}</dd>
          </div>
        )}
      </dl>
      {problem && <ProblemText problem={problem} />}
      {problem && again && result === 'restored' && <TryAgain id={id} name={name} />}
    </li>
  );
}

function TryAgain({ id, name }: { readonly id: string; readonly name: string }) {
  const { send, tell } = useHoldfast();
  const connected = useApp(({ link }) => link.status === 'connected');
  const busy = useBusy(`update ${id}`);
  const update = async (): Promise<void> => {
    if (await send('gateway.update', { id }, `update ${id}`)) tell(words.versions.wasUpdated(name));
  };
  return (
    <div className="card-actions">
      <Button
        icon="restart"
        disabled={!connected}
        busy={busy}
        onClick={() => void update()}
        testId={`receipt-again-${id}`}
      >
        {words.common.tryAgain}
      </Button>
    </div>
  );
}

/** Which process and which build it was and is; a technical detail. */
export function GatewayChange({ gateway }: { readonly gateway: ReceiptGateway }) {
  const { name, before, after, proof } = gateway;
  return (
    <div className="receipt-change">
      <strong>{name}</strong>
      {proof && <span className="receipt-step-detail">{words.facts.proofs[proof]}</span>}
      <dl className="receipt-facts">
        <Change name={words.service.process} from={before?.identity.pid} to={after?.identity.pid} />
        <Change name={words.about.build} from={before?.build} to={after?.build} />
      </dl>
    </div>
  );
}

interface ChangeProps {
  readonly name: string;
  readonly from: string | number | null | undefined;
  readonly to: string | number | null | undefined;
}

/** One value when nothing changed, else before → after. */
function Change({ name, from, to }: ChangeProps) {
  const before = from ?? '—';
  const after = to ?? '—';
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono change">
        {before !== after && (
          <>
            <span className="change-before">{before}</span>
            <Icon name="arrow" />
          </>
        )}
        <span>{after}</span>
      </dd>
    </div>
  );
}
