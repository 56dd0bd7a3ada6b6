/** One gateway at a glance: what is wrong and what repairs it, what it says, and the facts. */
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { useApp } from '../../store/hooks.ts';
import { ChangedNotice } from '../gateway/changed-notice.tsx';
import { HistoryCard } from '../history/history-card.tsx';
import { GatewayFacts } from './gateway-facts.tsx';
import { PinnedNotice, SuggestionNotice } from './notices.tsx';
import { ProblemCard } from './problem-card.tsx';
import { ReportCard } from './report-card.tsx';
import { UsageCard } from './usage-card.tsx';
import { VersionCard, VersionNotice } from './version-notice.tsx';

export function StatusPanel({ gateway }: { readonly gateway: GatewayView }) {
  const connected = useApp(({ link }) => link.status === 'connected');
  const { state } = gateway;
  return (
    <div className="page overview">
      <ProblemCard gateway={gateway} />
      <ChangedNotice gateway={gateway} />
      <VersionNotice gateway={gateway} connected={connected} />
      {connected && state.status === 'running' && (
        <SuggestionNotice key={`${gateway.id} ${state.identity.pid}`} gateway={gateway} />
      )}
      {gateway.pinned && (
        <PinnedNotice gateway={gateway} pinned={gateway.pinned} connected={connected} />
      )}
      <div className="cards">
        {gateway.report && <ReportCard report={gateway.report} />}
        {gateway.lastEvent !== undefined && <HistoryCard gateway={gateway} />}
        <UsageCard gateway={gateway} />
        <GatewayFacts gateway={gateway} />
        <VersionCard gateway={gateway} connected={connected} />
      </div>
    </div>
  );
}
