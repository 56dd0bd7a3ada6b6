/** Version, build, folders, and the watcher: who it is and how sure it is to outlive the app. */
import { duration } from '../../format/time.ts';
import { escapeName } from '../../format/words.ts';
import { useNow } from '../../store/clock.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Fact, Facts } from '../../ui/card.tsx';
import { RevealProfiles } from '../add/reveal-profiles.tsx';

const LINK_NAME = {
  connecting: 'Connecting…',
  connected: 'Connected',
  lost: 'Reconnecting…',
} as const;

export function AboutCard() {
  const { send } = useHoldfast();
  const app = useApp((state) => state.app);
  const link = useApp((state) => state.link);
  const watcher = link.status === 'connected' ? link.watcher : null;
  return (
    <>
      <Card title="Holdfast">
        <Facts>
          <Fact name="Version" mono testId="about-version">
            {app.version}
          </Fact>
          <Fact name="Build" mono testId="about-build">
            {app.buildId}
          </Fact>
          <Fact name="Logs" wide mono testId="about-log-folder">
            <span className="with-action">
              <span className="path" title={app.logFolder}>
                {app.logFolder}
              </span>
              <Button
                kind="secondary"
                icon="folder"
                onClick={() => void send('log.reveal', {})}
                testId="show-log-folder"
              >
                Show folder
              </Button>
            </span>
          </Fact>
          <Fact name="Profiles" wide>
            <span className="with-action">
              <span>One file per gateway. It is read again whenever it changes.</span>
              <RevealProfiles />
            </span>
          </Fact>
        </Facts>
      </Card>
      <Card title="Watcher">
        <p className="card-lead">
          A small program of its own that looks after your gateways, also while this window is
          closed and while Holdfast updates.
        </p>
        <div
          data-testid="watcher"
          data-link={link.status}
          data-pid={watcher?.identity.pid}
          data-build={watcher?.buildId}
          data-escape={watcher?.escape?.rung}
          data-escape-proof={watcher?.escape?.proof}
        >
          <Facts>
            <Fact name="Line to the app">{LINK_NAME[link.status]}</Fact>
            {watcher && (
              <>
                <Fact name="Process" mono testId="watcher-pid">
                  {watcher.identity.pid}
                </Fact>
                <Fact name="Running for">
                  <Age since={watcher.startedAt} />
                </Fact>
                <Fact name="Build" mono testId="watcher-build">
                  {watcher.buildId}
                </Fact>
                <Fact name="Outside the app" wide testId="watcher-escape">
                  {watcher.escape ? escapeName(watcher.escape) : 'Not judged yet'}
                  {watcher.escape && <small className="fact-more">{watcher.escape.detail}</small>}
                </Fact>
              </>
            )}
          </Facts>
        </div>
      </Card>
    </>
  );
}

function Age({ since }: { readonly since: number }) {
  return duration(useNow() - since);
}
