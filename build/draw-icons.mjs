/**
 * Redraws the pictures in build/icons and build/tray. A small Electron program, because nothing
 * draws SVG better than Chromium. Run by hand when the mark changes; the results are committed, so
 * that no build needs to draw:
 *
 *   node scripts/with-test-environment.mjs -- sh -c '$HOLDFAST_ELECTRON build/draw-icons.mjs <folder>'
 *
 * The mark is an open ring that holds a dot: what must not be lost, held fast.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { app, BrowserWindow } from 'electron';

/** Where the folders `icons` and `tray` go. */
const target = path.resolve(process.argv.at(-1) ?? 'build');
const appSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const icoSizes = [16, 24, 32, 48, 64, 128, 256];
/** A panel's height, and the same for screens of twice the density. */
const traySizes = { '': 22, '@2x': 44 };

/** The window's accent, on light and on dark (renderer/styles/tokens.css), and its states on dark. */
const accent = { onLight: '#0b6b68', onDark: '#5cc8bd' };
const states = { good: '#3fc27c', warning: '#e0a83a', idle: '#98a2a9', busy: '#5b9bf5' };
const foam = '#f4f8fb';
/** Dark enough for a light panel, and seen as a halo's absence on a dark one. */
const outline = '#1b2733';

/**
 * A ring of which a part is missing, in a 100 by 100 field.
 * @param {{ radius: number, width: number, color: string, from: number, to: number }} arc degrees,
 *   clockwise from the top
 */
function ring({ radius, width, color, from, to }) {
  if (to - from >= 360) {
    return `<circle cx="50" cy="50" r="${radius}" fill="none" stroke="${color}" stroke-width="${width}"/>`;
  }
  const [start, end] = [from, to].map((degrees) => {
    const angle = ((degrees - 90) * Math.PI) / 180;
    return `${50 + radius * Math.cos(angle)} ${50 + radius * Math.sin(angle)}`;
  });
  const large = to - from > 180 ? 1 : 0;
  return (
    `<path d="M ${start} A ${radius} ${radius} 0 ${large} 1 ${end}" fill="none" ` +
    `stroke="${color}" stroke-width="${width}" stroke-linecap="round"/>`
  );
}

/** @param {number} radius @param {string} color */
const dot = (radius, color) => `<circle cx="50" cy="50" r="${radius}" fill="${color}"/>`;

/** @param {string} shapes */
const svg = (shapes) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100">` +
  `<title>Holdfast</title>${shapes}</svg>`;

const mark = svg(
  `<rect x="3" y="3" width="94" height="94" rx="22" fill="${accent.onLight}"/>` +
    ring({ radius: 27, width: 13, color: foam, from: 80, to: 370 }) +
    dot(11.5, accent.onDark),
);

/** They differ in shape as well as in color. */
const trayIcons = {
  running: tray(states.good, 0, 360, (grow, color) => dot(15 + grow, color)),
  attention: tray(states.warning, 0, 360, (grow, color) => bang(grow, color)),
  stopped: tray(states.idle, 0, 360, () => ''),
  updating: tray(states.busy, 35, 325, (grow, color) => arrow(grow, color)),
};

/**
 * One tray picture: its shapes in outline, then the same in color on top.
 * @param {string} color @param {number} from @param {number} to
 * @param {(grow: number, color: string) => string} inside
 */
function tray(color, from, to, inside) {
  const layer = (/** @type {number} */ grow, /** @type {string} */ paint) =>
    ring({ radius: 36, width: 14 + 2 * grow, color: paint, from, to }) + inside(grow, paint);
  return svg(layer(4, outline) + layer(0, color));
}

/** @param {number} grow @param {string} color */
function bang(grow, color) {
  const width = 11 + 2 * grow;
  return (
    `<path d="M 50 31 L 50 51" stroke="${color}" stroke-width="${width}" stroke-linecap="round"/>` +
    `<circle cx="50" cy="67" r="${6 + grow}" fill="${color}"/>`
  );
}

/** @param {number} grow @param {string} color */
function arrow(grow, color) {
  const width = 11 + 2 * grow;
  return (
    `<path d="M 50 30 L 50 64 M 36 52 L 50 66 L 64 52" fill="none" stroke="${color}" ` +
    `stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`
  );
}

/**
 * A picture, drawn on a canvas so that the screen's density plays no part.
 * @param {BrowserWindow} page @param {string} source @param {number} size in pixels
 * @param {'png' | 'points'} how as a file, or four bytes a point: red, green, blue, opacity
 */
async function paint(page, source, size, how = 'png') {
  const url = `data:image/svg+xml,${encodeURIComponent(source)}`;
  const bytes = await page.webContents.executeJavaScript(`(async () => {
    const image = new Image(${size}, ${size});
    image.src = ${JSON.stringify(url)};
    await image.decode();
    const canvas = new OffscreenCanvas(${size}, ${size});
    const drawing = canvas.getContext('2d');
    drawing.drawImage(image, 0, 0, ${size}, ${size});
    if (${how === 'points'}) return Array.from(drawing.getImageData(0, 0, ${size}, ${size}).data);
    return Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()));
  })()`);
  return Buffer.from(bytes);
}

/**
 * A bitmap as an ICO file holds it: its header, its points from the last row up, and a mask that is
 * not needed beside their opacity.
 * @param {Buffer} points @param {number} size
 */
function bitmap(points, size) {
  const header = Buffer.alloc(40);
  header.writeUInt32LE(header.length, 0);
  header.writeInt32LE(size, 4);
  header.writeInt32LE(2 * size, 8);
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(32, 14);
  const rows = Array.from({ length: size }, (_, y) =>
    points.subarray(4 * size * y, 4 * size * (y + 1)),
  );
  const colors = Buffer.concat(rows.reverse());
  for (let at = 0; at < colors.length; at += 4) colors.subarray(at, at + 3).reverse();
  return Buffer.concat([header, colors, Buffer.alloc(4 * Math.ceil(size / 32) * size)]);
}

/** An ICO file: the largest picture as PNG, the others as bitmaps, which older programs want. */
async function ico(/** @type {BrowserWindow} */ page) {
  const largest = Math.max(...icoSizes);
  const pictures = await Promise.all(
    icoSizes.map(async (size) =>
      size === largest
        ? paint(page, mark, size)
        : bitmap(await paint(page, mark, size, 'points'), size),
    ),
  );
  const head = Buffer.alloc(6 + 16 * icoSizes.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(icoSizes.length, 4);
  let offset = head.length;
  for (const [n, picture] of pictures.entries()) {
    const at = 6 + 16 * n;
    // 0 stands for 256.
    head.writeUInt8((icoSizes[n] ?? 0) % 256, at);
    head.writeUInt8((icoSizes[n] ?? 0) % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(picture.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += picture.length;
  }
  return Buffer.concat([head, ...pictures]);
}

async function drawAll() {
  const page = new BrowserWindow({ show: false });
  await page.loadURL('about:blank');
  for (const folder of ['icons', 'tray']) mkdirSync(path.join(target, folder), { recursive: true });
  const icon = (/** @type {string} */ name) => path.join(target, 'icons', name);
  writeFileSync(icon('icon.svg'), `${mark}\n`);
  for (const size of appSizes) {
    writeFileSync(icon(`${size}x${size}.png`), await paint(page, mark, size));
  }
  writeFileSync(icon('icon.png'), await paint(page, mark, 1024));
  writeFileSync(path.join(target, 'icon.png'), await paint(page, mark, 512)); // the window's own
  writeFileSync(icon('icon.ico'), await ico(page));
  for (const [state, source] of Object.entries(trayIcons)) {
    for (const [suffix, size] of Object.entries(traySizes)) {
      const file = path.join(target, 'tray', `${state}${suffix}.png`);
      writeFileSync(file, await paint(page, source, size));
    }
  }
}

app
  .whenReady()
  .then(drawAll)
  .then(
    () => app.exit(0),
    (error) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      app.exit(1);
    },
  );
