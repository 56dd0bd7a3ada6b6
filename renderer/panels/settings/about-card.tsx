/** Version, build, licence and folders, and the background service: whether it is there and outlives the app. */
import { useEffect, useRef } from 'react';
import type { AppState } from '../../../electron/contract/app-contract.ts';
import { duration, survivalName } from '../../../electron/contract/words.ts';
import { rungName } from '../../format/words.ts';
import { useNow } from '../../store/clock.ts';
import { useApp, useHoldfast, useView } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Details, Fact, Facts } from '../../ui/card.tsx';
import { OpenProfilesFolder } from '../add/add-buttons.tsx';

export function AboutCard() {
  const { send, tell, view } = useHoldfast();
  const app = useApp((state) => state.app);
  const service = useApp(({ link }) => (link.status === 'connected' ? link.watcher.buildId : null));
  const wanted = useView((state) => state.about);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!wanted) return;
    card.current?.scrollIntoView({ block: 'start' });
    card.current?.focus();
    view.setState({ about: false });
  }, [wanted, view]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(aboutText(app, service));
      tell('Copied.');
    } catch {
      tell('The clipboard is not available.');
    }
  }

  return (
    <div ref={card} tabIndex={-1} data-testid="about">
      <Card
        title="About Holdfast"
        aside={
          <Button kind="quiet" icon="copy" onClick={() => void copy()} testId="about-copy">
            Copy
          </Button>
        }
      >
        <Facts>
          <Fact name="Version" mono testId="about-version">
            {app.version}
          </Fact>
          <Fact name="Build" mono testId="about-build">
            {app.buildId}
          </Fact>
          <Fact name="Licence" testId="about-licence">
            MIT
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
              <OpenProfilesFolder />
            </span>
          </Fact>
        </Facts>
      </Card>
    </div>
  );
}

/** What someone who is asked for help wants to know; nothing of the user. */
function aboutText(
  { version, buildId, platform }: AppState['app'],
  service: string | null,
): string {
  return [
    `Holdfast ${version}`,
    `Build: ${buildId}`,
    `Background service: ${service ?? 'not connected'}`,
    `System: ${platform}`,
    'Licence: MIT',
  ].join('\n');
}

const linkName = {
  connecting: 'starting…',
  connected: 'running',
  lost: 'reconnecting…',
} as const;

export function ServiceCard() {
  const link = useApp((state) => state.link);
  const service = link.status === 'connected' ? link.watcher : null;
  return (
    <Card title="Background service">
      <p className="card-lead">
        A small program that looks after your gateways, also while this window is closed and while
        Holdfast updates.
      </p>
      <div
        data-testid="watcher"
        data-link={link.status}
        data-pid={service?.identity.pid}
        data-build={service?.buildId}
        data-escape={service?.escape?.rung}
        data-escape-proof={service?.escape?.proof}
      >
        <Facts>
          <Fact name="State">{linkName[link.status]}</Fact>
          {service && <ServiceFacts service={service} />}
        </Facts>
        {service && <TechnicalFacts service={service} />}
      </div>
    </Card>
  );
}

interface ServiceProps {
  readonly service: Extract<AppState['link'], { status: 'connected' }>['watcher'];
}

function ServiceFacts({ service }: ServiceProps) {
  return (
    <>
      <Fact name="Running for">
        <Age since={service.startedAt} />
      </Fact>
      <Fact name="Keeps running when Holdfast closes" testId="watcher-escape">
        {service.escape ? survivalName[service.escape.proof] : 'not known yet'}
      </Fact>
    </>
  );
}

function TechnicalFacts({ service }: ServiceProps) {
  return (
    <Details>
      <Facts>
        <Fact name="Process" mono testId="watcher-pid">
          {service.identity.pid}
        </Fact>
        <Fact name="Build" mono testId="watcher-build">
          {service.buildId}
        </Fact>
        {service.escape && (
          <Fact name="Lives outside the app as" wide>
            {rungName(service.escape.rung)}
            <small className="fact-more">{service.escape.detail}</small>
          </Fact>
        )}
      </Facts>
    </Details>
  );
}

function Age({ since }: { readonly since: number }) {
  return duration(useNow() - since);
}
