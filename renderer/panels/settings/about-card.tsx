/** Version, build, licence and folders, and the background service: whether it is there and outlives the app. */
import { useEffect, useRef } from 'react';
import type { AppState } from '../../../electron/contract/app-contract.ts';
import { duration } from '../../../electron/contract/words.ts';
import { words } from '../../../electron/words/spoken.ts';
import { rungName } from '../../format/rung-name.ts';
import { useNow } from '../../store/clock.ts';
import { useApp, useHoldfast, useView } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Details, Fact, Facts } from '../../ui/card.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { OpenProfilesFolder } from '../add/add-buttons.tsx';

const licence = 'MIT';

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
      tell(words.common.copied);
    } catch {
      tell(words.common.noClipboard);
    }
  }

  return (
    <div ref={card} tabIndex={-1} data-testid="about">
      <Card
        title={words.about.title}
        aside={
          <Button kind="quiet" icon="copy" onClick={() => void copy()} testId="about-copy">
            {words.common.copy}
          </Button>
        }
      >
        <Facts>
          <Fact name={words.about.version} mono testId="about-version">
            {app.version}
          </Fact>
          <Fact name={words.about.build} mono testId="about-build">
            {app.buildId}
          </Fact>
          <Fact name={words.about.licence} testId="about-licence">
            {licence}
          </Fact>
          <Fact name={words.about.logs} wide mono testId="about-log-folder">
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
                {words.about.showFolder}
              </Button>
            </span>
          </Fact>
          <Fact name={words.about.profiles} wide>
            <span className="with-action">
              <span>{words.about.profilesHint}</span>
              <OpenProfilesFolder />
            </span>
          </Fact>
        </Facts>
      </Card>
    </div>
  );
}

/** What someone who is asked for help wants to know, in English; nothing of the user. */
function aboutText(
  { version, buildId, platform }: AppState['app'],
  service: string | null,
): string {
  return [
    `Holdfast ${version}`,
    `Build: ${buildId}`,
    `Background service: ${service ?? 'not connected'}`,
    `System: ${platform}`,
    `Licence: ${licence}`,
  ].join('\n');
}

export function ServiceCard() {
  const link = useApp((state) => state.link);
  const service = link.status === 'connected' ? link.watcher : null;
  return (
    <Card title={words.service.title}>
      <p className="card-lead">{words.service.lead}</p>
      <div
        data-testid="watcher"
        data-link={link.status}
        data-pid={service?.identity.pid}
        data-build={service?.buildId}
        data-escape={service?.escape?.rung}
        data-escape-proof={service?.escape?.proof}
      >
        <Facts>
          <Fact name={words.service.state}>{words.service.states[link.status]}</Fact>
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
      <Fact name={words.service.runningFor}>
        <Age since={service.startedAt} />
      </Fact>
      <Fact name={words.service.survives} testId="watcher-escape">
        {service.escape ? words.survival[service.escape.proof] : words.service.unknown}
      </Fact>
    </>
  );
}

function TechnicalFacts({ service }: ServiceProps) {
  return (
    <Details>
      <Facts>
        <Fact name={words.service.process} mono testId="watcher-pid">
          {service.identity.pid}
        </Fact>
        <Fact name={words.about.build} mono testId="watcher-build">
          {service.buildId}
        </Fact>
        {service.escape && (
          <Fact name={words.service.livesAs} wide>
            {rungName(service.escape.rung)}
            <small className="fact-more">
              <Foreign>{service.escape.detail}</Foreign>
            </small>
          </Fact>
        )}
      </Facts>
    </Details>
  );
}

function Age({ since }: { readonly since: number }) {
  return duration(useNow() - since);
}
