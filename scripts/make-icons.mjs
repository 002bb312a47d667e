/** `npm run icons`: draws every icon of the app and the tray into build/ from the one mark; the results are committed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { icns, ico, png } from './icons/containers.mjs';
import { rasterise } from './icons/raster.mjs';
import { appIcon, asSvg, trayShapes } from './icons/shapes.mjs';
import { inProject } from './project.mjs';

const out = inProject('build');
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512];

function write(name, content) {
  const file = path.join(out, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const made = new Map();
function appPng(size) {
  if (!made.has(size)) made.set(size, png(rasterise(appIcon, size), size));
  return made.get(size);
}
const icoOf = (shapes, sizes) => ico(sizes.map((size) => ({ size, pixels: rasterise(shapes, size) })));

write('icon.svg', asSvg(appIcon));
write('icon.png', appPng(1024));
write('icon.ico', icoOf(appIcon, [16, 24, 32, 48, 64, 128, 256]));
write('icon.icns', icns(appPng));
for (const size of linuxSizes) write(`icons/${size}x${size}.png`, appPng(size));

// "light" is drawn on dark bars, "dark" on light ones; macOS recolours a Template image itself.
const colours = { light: '#FFFFFF', dark: '#151A21' };
for (const [shape, draw] of Object.entries(trayShapes)) {
  for (const [tone, colour] of Object.entries(colours)) {
    const shapes = draw(colour);
    write(`tray/${shape}-${tone}.png`, png(rasterise(shapes, 16), 16));
    write(`tray/${shape}-${tone}@2x.png`, png(rasterise(shapes, 32), 32));
    write(`tray/${shape}-${tone}.ico`, icoOf(shapes, [16, 20, 24, 32]));
  }
  const template = draw('#000000');
  write(`tray/${shape}Template.png`, png(rasterise(template, 16), 16));
  write(`tray/${shape}Template@2x.png`, png(rasterise(template, 32), 32));
}
