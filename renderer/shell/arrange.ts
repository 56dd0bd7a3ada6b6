/** Moving a gateway in the list: by Alt with an arrow key, or by dragging it onto another. */
import { type DragEvent, type KeyboardEvent, useState } from 'react';
import { movedTo } from '../../electron/contract/gateway-order.ts';
import { useHoldfast } from '../store/hooks.ts';
import { orderedIds } from '../store/selectors.ts';

const steps: Readonly<Record<string, -1 | 1>> = { ArrowUp: -1, ArrowDown: 1 };

/** Its own, so that a file or a text that is dragged here is no gateway. */
const dragType = 'application/x-holdfast-gateway';

export interface Arrange {
  /** The one that another is dragged over. */
  readonly target: string | null;
  onKeyDown(event: KeyboardEvent, id: string): void;
  /** For the element of each gateway. */
  handlers(id: string): {
    readonly draggable: true;
    readonly onDragStart: (event: DragEvent) => void;
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: () => void;
    readonly onDragEnd: () => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

/** @param ids in the order in which they are shown: those that need the user stand first, wherever they were put */
export function useArrange(ids: readonly string[]): Arrange {
  const { mirror, send } = useHoldfast();
  const [target, setTarget] = useState<string | null>(null);

  const move = (id: string, to: string | undefined): void => {
    const state = mirror.getState().snapshot?.state;
    if (!state || to === undefined) return;
    const before = orderedIds(state);
    const gatewayOrder = movedTo(before, id, to);
    if (gatewayOrder !== before) void send('settings.change', { gatewayOrder: [...gatewayOrder] });
  };

  return {
    target,
    onKeyDown(event, id) {
      const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
      if (step === undefined || !event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      move(id, ids[ids.indexOf(id) + step]);
    },
    handlers: (id) => ({
      draggable: true,
      onDragStart(event) {
        event.dataTransfer.setData(dragType, id);
        event.dataTransfer.effectAllowed = 'move';
      },
      onDragOver(event) {
        if (!event.dataTransfer.types.includes(dragType)) return;
        event.preventDefault();
        setTarget(id);
      },
      onDragLeave: () => setTarget(null),
      onDragEnd: () => setTarget(null),
      onDrop(event) {
        event.preventDefault();
        setTarget(null);
        move(event.dataTransfer.getData(dragType), id);
      },
    }),
  };
}
