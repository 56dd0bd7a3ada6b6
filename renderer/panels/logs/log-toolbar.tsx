/** What to do with the log, in words: how it is shown, and taking it elsewhere. */
import { words } from '../../../electron/words/spoken.ts';
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
      <Toggle
        pressed={follows}
        label={words.logs.followHint}
        onClick={onFollow}
        testId="log-follow"
      >
        {words.logs.follow}
      </Toggle>
      <Toggle
        pressed={times}
        label={words.logs.timesHint}
        onClick={() => onTimes(!times)}
        testId="log-times"
      >
        {words.logs.times}
      </Toggle>
      <Toggle
        pressed={wrap}
        label={words.logs.wrapHint}
        onClick={() => onWrap(!wrap)}
        testId="log-wrap"
      >
        {words.logs.wrap}
      </Toggle>
      <span className="log-tools-gap" />
      <Tool
        icon="copy"
        hint={words.logs.copyHint}
        onClick={props.onCopy}
        disabled={empty}
        id="copy"
      >
        {words.common.copy}
      </Tool>
      <Tool
        icon="cross"
        hint={words.logs.clearHint}
        onClick={props.onClear}
        disabled={empty}
        id="clear"
      >
        {words.logs.clear}
      </Tool>
      <Tool icon="download" hint={words.logs.saveHint} onClick={props.onSave} id="save">
        {words.logs.save}
      </Tool>
      <Tool icon="folder" hint={words.logs.folderHint} onClick={props.onReveal} id="reveal">
        {words.logs.folder}
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
