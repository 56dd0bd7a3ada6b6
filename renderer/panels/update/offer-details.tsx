/** What a version brings: its size, and its notes as safe text. */

import { useMemo } from 'react';
import type { Offer } from '../../../electron/contract/update.ts';
import { words } from '../../../electron/words/spoken.ts';
import { type Block, type Inline, parseNotes } from '../../format/notes.ts';
import { bytes } from '../../format/quantities.ts';
import { foreign } from '../../ui/foreign.tsx';

export function OfferDetails({ offer }: { readonly offer: Offer }) {
  const blocks = useMemo(() => parseNotes(offer.notes), [offer.notes]);
  return (
    <section className="release" aria-label={words.updating.newIn(offer.version)}>
      <p className="release-head">
        <strong>{words.updating.isNew}</strong>
        {offer.size !== null && <span data-testid="update-size">{bytes(offer.size)}</span>}
      </p>
      <div
        className="notes"
        lang={blocks.length === 0 ? undefined : foreign()}
        data-testid="update-notes"
      >
        {blocks.length === 0 && <p>{words.updating.noNotes}</p>}
        {keyed(blocks).map(([key, block]) => (
          <NotesBlock key={key} block={block} />
        ))}
      </div>
    </section>
  );
}

function NotesBlock({ block }: { readonly block: Block }) {
  switch (block.type) {
    case 'heading':
      return <h3>{inline(block.content)}</h3>;
    case 'paragraph':
      return <p>{inline(block.content)}</p>;
    case 'list':
      return (
        <ul>
          {keyed(block.items).map(([key, item]) => (
            <li key={key}>{inline(item)}</li>
          ))}
        </ul>
      );
  }
}

/** Notes never change while they are shown, so an index is a key. */
function keyed<T>(values: readonly T[]): [string, T][] {
  return values.map((value, index) => [String(index), value]);
}

function inline(parts: readonly Inline[]) {
  return keyed(parts).map(([key, { type, text }]) => {
    if (type === 'strong') return <strong key={key}>{text}</strong>;
    if (type === 'em') return <em key={key}>{text}</em>;
    if (type === 'code') return <code key={key}>{text}</code>;
    return text;
  });
}
