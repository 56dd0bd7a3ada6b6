/**
 * Colours that a program chose without knowing our ground: kept in hue, and made lighter or darker until
 * they can be read (WCAG contrast 4.5 : 1) in the light theme and in the dark one.
 */

/** `#rrggbb` */
export type Hex = `#${string}`;
type Rgb = readonly [red: number, green: number, blue: number];

const leastContrast = 4.5;
/** The grounds of log lines: the worst ones that text without a ground of its own may stand on. */
const grounds = { light: '#d6dcdf', dark: '#3a4249' } as const;
const plainGrounds = { light: '#f3f5f6', dark: '#1d2327' } as const;

const cubeSteps = [0, 95, 135, 175, 215, 255] as const;

/** One of the 256 colours of terminals, from 16 on: a cube of 6 × 6 × 6, then 24 greys. */
export function paletteColour(index: number): Hex {
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232);
    return toHex([grey, grey, grey]);
  }
  const at = index - 16;
  const step = (divisor: number): number => cubeSteps[Math.floor(at / divisor) % 6] ?? 0;
  return toHex([step(36), step(6), step(1)]);
}

export function toHex(rgb: Rgb): Hex {
  const two = (part: number): string =>
    Math.min(255, Math.max(0, Math.round(part)))
      .toString(16)
      .padStart(2, '0');
  return `#${rgb.map(two).join('')}`;
}

function fromHex(hex: Hex): Rgb {
  const part = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

/** WCAG relative luminance. */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** WCAG contrast of two colours, from 1 to 21. */
export function contrast(one: Hex, other: Hex): number {
  const [darker, lighter] = [luminance(fromHex(one)), luminance(fromHex(other))].sort(
    (a, b) => a - b,
  );
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

/** `colour`, mixed with black or white as little as needed to be read on `ground`. */
export function readableOn(colour: Hex, ground: Hex): Hex {
  const towards: Hex =
    contrast('#000000', ground) > contrast('#ffffff', ground) ? '#000000' : '#ffffff';
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, towards, share);
    if (contrast(mixed, ground) >= leastContrast) return mixed;
  }
  return towards;
}

function mix(one: Hex, other: Hex, share: number): Hex {
  const a = fromHex(one);
  const b = fromHex(other);
  const part = (at: 0 | 1 | 2): number => a[at] * (1 - share) + b[at] * share;
  return toHex([part(0), part(1), part(2)]);
}

const known = new Map<string, string>();
/** More colours than that are a picture, not a log. */
const maxKnown = 2_000;

/**
 * A text colour as CSS, for both themes.
 * @param onTint it stands on one of our own tints rather than on the plain ground
 */
export function textColour(colour: Hex, onTint: boolean): string {
  const key = `${colour} ${onTint}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const { light, dark } = onTint ? grounds : plainGrounds;
  const css = `light-dark(${readableOn(colour, light)}, ${readableOn(colour, dark)})`;
  if (known.size >= maxKnown) known.clear();
  known.set(key, css);
  return css;
}
