/** `Running · healthy for 2 h 13 min`: the name is announced when it changes, the ticking part is not. */
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { stateDetail, stateName } from '../../format/words.ts';
import { useNow } from '../../store/clock.ts';

export function StateHeadline({ gateway }: { readonly gateway: GatewayView }) {
  const detail = stateDetail(gateway, useNow());
  return (
    <p className="state-line" data-testid="gateway-state">
      <strong className="state-name" role="status">
        {stateName(gateway)}
      </strong>
      {detail !== '' && (
        <span className="state-detail" data-testid="gateway-state-detail">
          <span aria-hidden="true"> · </span>
          {detail}
        </span>
      )}
    </p>
  );
}
