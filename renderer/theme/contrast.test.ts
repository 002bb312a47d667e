/** Every pair of colours that stands on another in the page has the contrast WCAG 2.2 asks for, in both looks. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const tokens = new Map([...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name = '', light = '', dark = '']) => [name, { light, dark }]));

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ratio(front: string, back: string, look: 'light' | 'dark'): number {
  const [a, b] = [front, back].map((name) => luminance(tokens.get(name)?.[look] ?? '#000000')).toSorted((x, y) => y - x) as [number, number];
  return (a + 0.05) / (b + 0.05);
}

const grounds = ['canvas', 'surface', 'sunken', 'hover', 'selected'];
const text = [
  ...['text', 'text2', 'text3', 'alert', 'link'].flatMap((front) => grounds.map((back) => [front, back] as const)),
  ['alert', 'alert-tint'], ['text', 'alert-tint'], ['text2', 'alert-tint'], ['on-primary', 'primary'], ['on-alert', 'alert'],
  ...['disk', 'warm', 'cold', 'archive'].flatMap((tier) => [[`${tier}-text`, 'surface'], [`${tier}-text`, `${tier}-tint`]] as const),
] as const;
const shapes = [
  ...['control-border', 'focus'].flatMap((front) => grounds.slice(0, 3).map((back) => [front, back] as const)),
  ...['disk', 'warm', 'cold', 'archive'].map((tier) => [tier, 'surface'] as const),
] as const;

for (const look of ['light', 'dark'] as const) {
  test(`text has at least 4.5 to 1 (${look})`, () => {
    const poor = text.filter(([front, back]) => ratio(front, back, look) < 4.5).map(([front, back]) => `${front} on ${back}: ${ratio(front, back, look).toFixed(2)}`);
    expect(poor).toEqual([]);
  });
  test(`controls and picture parts have at least 3 to 1 (${look})`, () => {
    const poor = shapes.filter(([front, back]) => ratio(front, back, look) < 3).map(([front, back]) => `${front} on ${back}: ${ratio(front, back, look).toFixed(2)}`);
    expect(poor).toEqual([]);
  });
}
