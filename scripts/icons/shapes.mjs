/** The strata mark and the tray's shapes as rectangles, lines and dots on a grid of 16; the deeper the bar, the darker. */

const ink = '#151A21';
const tiers = ['#5FDCC9', '#EDB466', '#85B4FF', '#8463B8'];
/** A pitch of three: equal gaps on whole pixels at 16 and 32. */
const tops = [2.5, 5.5, 8.5, 11.5];

const bar = (x, y, width, height, colour, radius = 0.4) => ({ kind: 'bar', x, y, width, height, radius, colour });
const stack = (colours, { left = 2, width = 12, height = 2, radius = 0.4 } = {}) => tops.map((y, at) => bar(left, y + (2 - height) / 2, width, height, colours[at % colours.length], radius));

/** Disk on top, then warm, cold, archive, on ink: the same in the window's light and dark. */
export const appIcon = [
  { kind: 'bar', x: 0.5, y: 0.5, width: 15, height: 15, radius: 3.4, colour: ink },
  ...stack(tiers, { left: 3, width: 10, radius: 0.5 }),
];

/** Shapes, not colours, tell the state (ui.md §2.3); `clear` cuts a margin out of what lies below. */
export const trayShapes = {
  plain: (c) => stack([c]),
  moving: (c) => tops.map((y, at) => bar(at % 2 === 0 ? 2 : 6, y, 8, 2, c)),
  paused: (c) => [...stack([c]), { kind: 'bar', x: 6, y: 8, width: 10, height: 8, radius: 0, colour: 'clear' }, bar(8, 9, 2, 6, c, 0), bar(12, 9, 2, 6, c, 0)],
  crossed: (c) => [...stack([c]), { kind: 'line', from: [2, 14.5], to: [14.5, 2], thickness: 4, colour: 'clear' }, { kind: 'line', from: [1.5, 15], to: [15, 1.5], thickness: 1.6, colour: c }],
  dot: (c) => [...stack([c]), { kind: 'line', from: [12, 12], to: [12, 12], thickness: 8.4, colour: 'clear' }, { kind: 'line', from: [12, 12], to: [12, 12], thickness: 6, colour: c }],
  hollow: (c) => [{ kind: 'bar', x: 2, y: 2, width: 12, height: 12, radius: 2, colour: c }, { kind: 'bar', x: 4, y: 4, width: 8, height: 8, radius: 0.5, colour: 'clear' }],
  outline: (c) => stack([c], { height: 1, radius: 0 }),
};

/** The mark as a drawing, for whoever needs it larger than any bitmap. */
export function asSvg(shapes) {
  const parts = shapes.map(({ x, y, width, height, radius, colour }) => `  <rect x="${round(x)}" y="${round(y)}" width="${width}" height="${height}" rx="${radius}" fill="${colour}"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">\n${parts.join('\n')}\n</svg>\n`;
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}
