/** Where the window opens: where it was, if that is still visible; else in the middle. Pure. */
import type { RememberedBounds } from '../settings/memory.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Device-independent pixels. At the minimum every panel still fits. */
export const minimumSize = { width: 720, height: 480 };
const defaultSize = { width: 1080, height: 720 };
/** This much of the title bar must lie on a display, so that the window can be dragged. */
const grip = { width: 120, height: 24 };

/**
 * `workAreas` are the displays' usable areas, the primary one first. Returns a rectangle that is
 * never larger than its display and never smaller than the minimum (unless the display is).
 */
export function placeWindow(
  remembered: RememberedBounds | null,
  workAreas: readonly Rectangle[],
): Rectangle {
  const home = remembered && workAreas.find((area) => holdsGrip(area, remembered));
  if (remembered && home) {
    return { x: remembered.x, y: remembered.y, ...fitSize(remembered, home) };
  }
  const primary = workAreas[0] ?? { x: 0, y: 0, ...defaultSize };
  const size = fitSize(remembered ?? defaultSize, primary);
  return {
    x: primary.x + Math.round((primary.width - size.width) / 2),
    y: primary.y + Math.round((primary.height - size.height) / 2),
    ...size,
  };
}

function fitSize(wanted: { width: number; height: number }, area: Rectangle) {
  return {
    width: Math.min(area.width, Math.max(minimumSize.width, wanted.width)),
    height: Math.min(area.height, Math.max(minimumSize.height, wanted.height)),
  };
}

function holdsGrip(area: Rectangle, window: Rectangle): boolean {
  const width = Math.min(area.x + area.width, window.x + window.width) - Math.max(area.x, window.x);
  const top = window.y >= area.y && window.y + grip.height <= area.y + area.height;
  return top && width >= Math.min(grip.width, window.width);
}
