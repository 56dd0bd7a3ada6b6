/** Profiles that can't be used: which file, what is wrong with it, and a button that opens it. */
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useBusy, useHoldfast } from '../../store/hooks.ts';
import { type BrokenProfile, brokenProfiles } from '../../store/selectors.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemText } from '../../ui/messages.tsx';

export function BrokenProfiles() {
  const problems = useApp(({ problems: all }) => all);
  const broken = brokenProfiles(problems);
  if (broken.length === 0) return null;
  return (
    <section data-testid="broken-profiles">
      <h2 className="home-title">{words.broken.title}</h2>
      <ul className="broken-list">
        {broken.map((one) => (
          <li key={one.file}>
            <Broken {...one} hint={words.broken.after} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** In the views of a gateway: its own file. The profile as it was before is in force. */
export function BrokenProfileOf({ id }: { readonly id: string }) {
  const problems = useApp(({ problems: all }) => all);
  const own = brokenProfiles(problems).find(({ file }) => file === `${id}.json`);
  return own ? <Broken {...own} hint={words.broken.inForce} /> : null;
}

function Broken({ file, problem, hint }: BrokenProfile & { readonly hint: string }) {
  return (
    <div className="broken" data-testid={`broken-${file}`}>
      <ProblemText problem={problem} hint={hint} />
      <OpenFile file={file} />
    </div>
  );
}

function OpenFile({ file }: { readonly file: string }) {
  const { send } = useHoldfast();
  const key = `open ${file}`;
  return (
    <Button
      busy={useBusy(key)}
      onClick={() => void send('profile.open', { file }, key)}
      testId={`broken-open-${file}`}
    >
      {words.broken.open}
    </Button>
  );
}
