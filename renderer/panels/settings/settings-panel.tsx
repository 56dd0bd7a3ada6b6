/** The user's settings, and the facts one needs when asking for help. */
import { closingWords } from '../../../electron/contract/words.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Card } from '../../ui/card.tsx';
import { Check, Choice } from '../../ui/choice.tsx';
import { PutOffNote } from '../update/put-off.tsx';
import { AboutCard, ServiceCard } from './about-card.tsx';
import { HelpReportCard } from './help-report-card.tsx';
import { PhoneCard } from './phone-card.tsx';
import { GatewaysCard, ResetCard, StartCard } from './setting-cards.tsx';
import { channelChoices, notificationChoices, quitChoices, themes } from './words.ts';

/** What the window’s × does: there is nothing to choose. */
function ClosingCard() {
  const tray = useApp((state) => state.tray);
  const { title, more } = closingWords(tray);
  return (
    <Card title="When you close the window" testId="settings-closing">
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
    <article className="page" aria-label="Settings" data-testid="settings">
      <header className="page-head">
        <h1>Settings</h1>
      </header>
      <Card title="Appearance">
        <Choice
          legend="Theme"
          layout="segments"
          options={themes}
          value={settings.theme}
          onChange={(theme) => void send('settings.change', { theme })}
          testId="settings-theme"
        />
      </Card>
      <Card title="Notifications">
        <p className="card-lead">Each once, and not while you have it before you in this window.</p>
        <Choice
          legend="What your desktop tells you of"
          layout="rows"
          options={notificationChoices}
          value={settings.notifications}
          onChange={(notifications) => void send('settings.change', { notifications })}
          testId="settings-notifications"
        />
      </Card>
      <PhoneCard />
      <StartCard />
      <ClosingCard />
      <Card title="When you quit Holdfast">
        <Choice
          legend="What quitting does"
          layout="rows"
          options={quitChoices}
          value={settings.onQuit}
          onChange={(onQuit) => void send('settings.change', { onQuit })}
          testId="settings-on-quit"
        />
      </Card>
      <Card title="Updates">
        <Check
          kind="switch"
          checked={settings.checkForUpdates}
          onChange={(checkForUpdates) => void send('settings.change', { checkForUpdates })}
          hint="Holdfast only looks; you decide when to download and when to update."
          testId="settings-check-for-updates"
        >
          Check for updates automatically
        </Check>
        <Choice
          legend="Which versions you are offered"
          layout="rows"
          options={channelChoices}
          value={settings.updateChannel}
          onChange={(updateChannel) => void send('settings.change', { updateChannel })}
          testId="settings-update-channel"
        />
        <PutOffNote />
      </Card>
      <GatewaysCard />
      <ResetCard />
      <HelpReportCard />
      <AboutCard />
      <ServiceCard />
    </article>
  );
}
