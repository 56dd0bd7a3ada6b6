/** What to do with the log, in words: how it is shown, and taking it elsewhere. */
import { logWords } from '../../format/log-words.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { Toggle } from './log-search-bar.tsx';

interface Props {
  readonly follows: boolean;
  readonly onFollow: () => void;
  readonly wrap: boolean;
  readonly onWrap: (wrap: boolean) => void;
  readonly times: boolean;
  readonly onTimes: (times: boolean) => void;
  readonly onCopy: () => void;
  readonly onClear: () => void;
  readonly onSave: () => void;
  readonly onReveal: () => void;
  readonly empty: boolean;
}

export function LogToolbar(props: Props) {
  const { follows, onFollow, wrap, onWrap, times, onTimes, empty } = props;
  return (
    <div className="log-tools">
      <Toggle pressed={follows} label={logWords.followHint} onClick={onFollow} testId="log-follow">
        {logWords.follow}
      </Toggle>
      <Toggle
        pressed={times}
        label={logWords.timesHint}
        onClick={() => onTimes(!times)}
        testId="log-times"
      >
        {logWords.times}
      </Toggle>
      <Toggle
        pressed={wrap}
        label={logWords.wrapHint}
        onClick={() => onWrap(!wrap)}
        testId="log-wrap"
      >
        {logWords.wrap}
      </Toggle>
      <span className="log-tools-gap" />
      <Tool icon="copy" hint={logWords.copyHint} onClick={props.onCopy} disabled={empty} id="copy">
        {logWords.copy}
      </Tool>
      <Tool
        icon="cross"
        hint={logWords.clearHint}
        onClick={props.onClear}
        disabled={empty}
        id="clear"
      >
        {logWords.clear}
      </Tool>
      <Tool icon="download" hint={logWords.saveHint} onClick={props.onSave} id="save">
        {logWords.save}
      </Tool>
      <Tool icon="folder" hint={logWords.folderHint} onClick={props.onReveal} id="reveal">
        {logWords.folder}
      </Tool>
    </div>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly hint: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly id: string;
  readonly children: string;
}

function Tool({ icon, hint, onClick, disabled = false, id, children }: ToolProps) {
  return (
    <button
      type="button"
      className="log-tool"
      title={hint}
      onClick={onClick}
      disabled={disabled}
      data-testid={`log-${id}`}
    >
      <Icon name={icon} />
      {children}
    </button>
  );
}
