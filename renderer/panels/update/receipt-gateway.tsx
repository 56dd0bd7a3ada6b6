/** One gateway's line of the receipt: how it fared, how long it was away, who it was and is. */
import type { ReceiptGateway } from '../../../electron/contract/receipt.ts';
import { RESULT_NAME } from '../../format/receipt-words.ts';
import { span } from '../../format/time.ts';
import { POLICY_NAME, PROOF_MEANING, PROOF_NAME } from '../../format/words.ts';
import { useApp, useBusy, useHoldfast } from '../../store/hooks.ts';
import type { Tone } from '../../store/selectors.ts';
import { Badge } from '../../ui/badge.tsx';
import { ProblemText } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';

const TONE: Readonly<Record<ReceiptGateway['result'], Tone>> = {
  kept: 'good',
  replaced: 'good',
  restored: 'warning',
  'stopped-by-user': 'idle',
  down: 'bad',
};

interface Props {
  readonly gateway: ReceiptGateway;
  /** The update of Holdfast is done: a gateway that was put back can be tried again alone. */
  readonly again: boolean;
}

export function ReceiptGatewayRow({ gateway, again }: Props) {
  const { id, name, policy, result, proof, before, after, absenceMs, problem } = gateway;
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
        <Badge tone={TONE[result]}>{RESULT_NAME[result]}</Badge>
        {proof && (
          <Badge tone="idle">
            <span title={PROOF_MEANING[proof]}>{PROOF_NAME[proof]}</span>
          </Badge>
        )}
      </div>
      <dl className="receipt-facts">
        <div>
          <dt>Away</dt>
          <dd data-testid="receipt-absence">
            {absenceMs === null ? '—' : absenceMs === 0 ? 'Never' : span(absenceMs)}
          </dd>
        </div>
        <div>
          <dt>Policy</dt>
          <dd>{POLICY_NAME[policy]}</dd>
        </div>
        <Change name="Process" from={before?.identity.pid} to={after?.identity.pid} />
        <Change name="Build" from={before?.build} to={after?.build} />
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
    if (await send('gateway.update', { id }, `update ${id}`)) tell(`${name} was updated.`);
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
        Try again
      </Button>
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
