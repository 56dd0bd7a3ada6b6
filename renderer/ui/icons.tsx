/** The few icons there are: 16 px, drawn with strokes in the colour of the text beside them. */
import type { ReactNode } from 'react';

const shapes = {
  pulse: <path d="M1.5 8.5h3l2-5 3 9 2-4h3" />,
  lines: <path d="M2.5 4h11M2.5 8h8M2.5 12h9.5" />,
  download: <path d="M8 2v8m0 0L4.8 6.8M8 10l3.2-3.2M2.5 13.5h11" />,
  sliders: <path d="M2 4.5h6.5m3 0H14M2 11.5h2.5m3 0H14M10 2.8v3.4M6 9.8v3.4" />,
  play: <path d="M5 3.2v9.6l7.5-4.8z" />,
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  home: <path d="M2 7.5 8 2.3l6 5.2M3.8 6.6v6.9h8.4V6.6M6.6 13.5V9.8h2.8v3.7" />,
  stop: <rect x="4" y="4" width="8" height="8" rx="1" />,
  restart: <path d="M13 8a5 5 0 1 1-1.6-3.7M13.2 2v3h-3" />,
  plus: <path d="M8 3v10M3 8h10" />,
  check: <path d="m3 8.5 3.3 3.3L13 4.8" />,
  cross: <path d="m4 4 8 8m0-8-8 8" />,
  warning: <path d="M8 2.2 14.3 13.3H1.7zM8 6.5v3M8 11.4v.1" />,
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.5v3.3M8 5.2v.1" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.3" />
      <path d="m10.3 10.3 3.4 3.4" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 5.5v-2A1 1 0 0 0 9.5 2.5h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
    </>
  ),
  folder: <path d="M1.8 12.5v-9h4l1.5 2h6.9v7z" />,
  follow: <path d="M8 2v9m0 0L4.5 7.5M8 11l3.5-3.5M3 14h10" />,
  wrap: <path d="M2 4h12M2 8h9.5a2.2 2.2 0 0 1 0 4.5H8m0 0 1.8-1.8M8 12.5l1.8 1.8M2 12.5h3" />,
  up: <path d="m3.5 10 4.5-4.5L12.5 10" />,
  down: <path d="m3.5 6 4.5 4.5L12.5 6" />,
  right: <path d="m6 3.5 4.5 4.5L6 12.5" />,
  arrow: <path d="M2.5 8h11m0 0L9.8 4.3M13.5 8l-3.7 3.7" />,
  shield: <path d="M8 1.8 13.2 4v3.7c0 3-2 5.3-5.2 6.5-3.2-1.2-5.2-3.5-5.2-6.5V4z" />,
  gateway: (
    <>
      <rect x="2" y="2.5" width="12" height="4.5" rx="1.2" />
      <rect x="2" y="9" width="12" height="4.5" rx="1.2" />
      <path d="M4.5 4.8h.1M4.5 11.3h.1" />
    </>
  ),
} satisfies Readonly<Record<string, ReactNode>>;

export type IconName = keyof typeof shapes;

/** Decoration only: what it means is always written beside it or in the control's label. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {shapes[name]}
    </svg>
  );
}

/** Something is under way; turning, unless the user asked for less motion. */
export function Spinner() {
  return <span className="spinner" aria-hidden="true" />;
}
