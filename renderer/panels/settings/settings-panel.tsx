/** The user's settings, and the facts one needs when asking for help. */
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Card } from '../../ui/card.tsx';
import { Check, Choice } from '../../ui/choice.tsx';
import { PutOffNote } from '../update/put-off.tsx';
import { CommandLineCard } from '../welcome/command-line-hint.tsx';
import { AboutCard, ServiceCard } from './about-card.tsx';
import {
  channelChoices,
  confirmChoices,
  downloadLimits,
  installChoices,
  notificationChoices,
  quitChoices,
} from './choices.ts';
import { HelpReportCard } from './help-report-card.tsx';
import { PhoneCard } from './phone-card.tsx';
import { AppearanceCard, GatewaysCard, ResetCard, StartCard } from './setting-cards.tsx';

/** What the window’s × does: there is nothing to choose. */
function ClosingCard() {
  const tray = useApp((state) => state.tray);
  const { title, more } = tray ? words.closing.tray : words.closing.noTray;
  return (
    <Card title={words.settings.closing} testId="settings-closing">
      <p className="card-lead">
        {title}. {more}
      </p>
    </Card>
  );
}

export function SettingsPanel() {
  const { send } = useHoldfast();
  const settings = useApp((state) => state.settings);
  return (
    <article className="page" aria-label={words.settings.title} data-testid="settings">
      <header className="page-head">
        <h1>{words.settings.title}</h1>
      </header>
      <AppearanceCard />
      <Card title={words.settings.notifications}>
        <p className="card-lead">{words.settings.notificationsLead}</p>
        <Choice
          legend={words.settings.notificationsLegend}
          layout="rows"
          options={notificationChoices()}
          value={settings.notifications}
          onChange={(notifications) => void send('settings.change', { notifications })}
          testId="settings-notifications"
        />
      </Card>
      <PhoneCard />
      <StartCard />
      <ClosingCard />
      <Card title={words.settings.quitting}>
        <Choice
          legend={words.settings.quittingLegend}
          layout="rows"
          options={quitChoices()}
          value={settings.onQuit}
          onChange={(onQuit) => void send('settings.change', { onQuit })}
          testId="settings-on-quit"
        />
      </Card>
      <Card title={words.settings.updates}>
        <Check
          kind="switch"
          checked={settings.checkForUpdates}
          onChange={(checkForUpdates) => void send('settings.change', { checkForUpdates })}
          hint={words.settings.checkHint}
          testId="settings-check-for-updates"
        >
          {words.settings.check}
        </Check>
        <Choice
          legend={words.settings.installLegend}
          showLegend
          layout="rows"
          options={installChoices()}
          value={settings.installUpdates}
          onChange={(installUpdates) => void send('settings.change', { installUpdates })}
          testId="settings-install-updates"
        />
        <Choice
          legend={words.settings.confirmLegend}
          showLegend
          layout="rows"
          options={confirmChoices()}
          value={settings.confirmUpdates}
          onChange={(confirmUpdates) => void send('settings.change', { confirmUpdates })}
          testId="settings-confirm-updates"
        />
        <Choice
          legend={words.settings.downloadLegend}
          showLegend
          layout="rows"
          options={downloadLimits()}
          value={settings.downloadLimit}
          onChange={(downloadLimit) => void send('settings.change', { downloadLimit })}
          testId="settings-download-limit"
        />
        <Choice
          legend={words.settings.channelLegend}
          showLegend
          layout="rows"
          options={channelChoices()}
          value={settings.updateChannel}
          onChange={(updateChannel) => void send('settings.change', { updateChannel })}
          testId="settings-update-channel"
        />
        <PutOffNote />
      </Card>
      <GatewaysCard />
      <CommandLineCard />
      <ResetCard />
      <HelpReportCard />
      <AboutCard />
      <ServiceCard />
    </article>
  );
}
