/**
 * Release notes, read safely: a small part of Markdown becomes plain data, everything else stays
 * text. Nothing here makes HTML, follows an address or loads an image.
 */

export interface Inline {
  readonly type: 'text' | 'strong' | 'em' | 'code';
  readonly text: string;
}

export type Block =
  | { readonly type: 'heading' | 'paragraph'; readonly content: readonly Inline[] }
  | { readonly type: 'list'; readonly items: readonly (readonly Inline[])[] };

/** Longer notes are cut: this window is no place to read them. */
const maxNotes = 20_000;

const inline = /\*\*([^*]+)\*\*|`([^`]+)`|\[([^\]]+)\]\([^)\s]+\)|\*([^*\s][^*]*)\*/g;

export function parseNotes(notes: string): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  let items: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) {
      blocks.push({ type: 'paragraph', content: parseInline(paragraph.join(' ')) });
    }
    paragraph = [];
  };
  const endList = (): void => {
    if (items.length > 0) blocks.push({ type: 'list', items: items.map(parseInline) });
    items = [];
  };
  for (const line of withoutTags(notes.slice(0, maxNotes)).split(/\r?\n/)) {
    const text = line.trim();
    const heading = /^#{1,6}\s+(.*)$/.exec(text);
    const item = /^(?:[-*+•]|\d+[.)])\s+(.*)$/.exec(text);
    if (text === '') {
      endParagraph();
      endList();
    } else if (heading) {
      endParagraph();
      endList();
      blocks.push({ type: 'heading', content: parseInline(heading[1] ?? '') });
    } else if (item) {
      endParagraph();
      items.push(item[1] ?? '');
    } else if (items.length > 0 && /^\s/.test(line)) {
      items.push(`${items.pop() ?? ''} ${text}`);
    } else {
      endList();
      paragraph.push(text);
    }
  }
  endParagraph();
  endList();
  return blocks;
}

/** Some feeds have HTML in them: its tags are dropped, its list items stay list items. */
function withoutTags(notes: string): string {
  if (!/<\/?(?:p|ul|ol|li|h[1-6]|br|strong|em|a|code|div)\b[^>]*>/i.test(notes)) return notes;
  return notes
    .replace(/<li\b[^>]*>/gi, '\n- ')
    .replace(/<h[1-6]\b[^>]*>/gi, '\n\n# ')
    .replace(/<\/(?:p|h[1-6]|ul|ol|div)>|<br\s*\/?>/gi, '\n\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
}

function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > from) parts.push({ type: 'text', text: text.slice(from, match.index) });
    from = match.index + match[0].length;
    const [, strong, code, label, em] = match;
    if (strong !== undefined) parts.push({ type: 'strong', text: strong });
    else if (code !== undefined) parts.push({ type: 'code', text: code });
    else if (em !== undefined) parts.push({ type: 'em', text: em });
    else if (label !== undefined) parts.push({ type: 'text', text: label });
  }
  if (from < text.length) parts.push({ type: 'text', text: text.slice(from) });
  return parts;
}
