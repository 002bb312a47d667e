/** The icon files hold what their readers expect: right headers, every size, and pixels that are drawn. */
import { readFileSync, readdirSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inProject } from '../project.mjs';
import { icns, ico, png } from './containers.mjs';
import { rasterise } from './raster.mjs';
import { appIcon, trayShapes } from './shapes.mjs';

const built = (name: string): Buffer => readFileSync(inProject('build', name));
const pngSize = (bytes: Buffer): number | null => (bytes.subarray(1, 4).toString('latin1') === 'PNG' && bytes.readUInt32BE(16) === bytes.readUInt32BE(20) ? bytes.readUInt32BE(16) : null);

describe('what is in build/', () => {
  it('has PNGs of the sizes their names say', () => {
    expect(pngSize(built('icon.png'))).toBe(1024);
    for (const name of readdirSync(inProject('build', 'icons'))) expect(`${pngSize(built(`icons/${name}`))}x${pngSize(built(`icons/${name}`))}.png`).toBe(name);
  });
  it('has an ICO with seven sizes up to 256', () => {
    const bytes = built('icon.ico');
    expect([bytes.readUInt16LE(0), bytes.readUInt16LE(2)]).toEqual([0, 1]);
    const sizes = Array.from({ length: bytes.readUInt16LE(4) }, (_, at) => bytes[6 + at * 16] || 256);
    expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256]);
  });
  it('has an ICNS whose parts fill it exactly', () => {
    const bytes = built('icon.icns');
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('icns');
    expect(bytes.readUInt32BE(4)).toBe(bytes.length);
    const sizes: (number | null)[] = [];
    for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at + 4)) sizes.push(pngSize(bytes.subarray(at + 8)));
    expect(sizes).toEqual([16, 32, 128, 256, 512, 1024, 32, 64, 256, 512]);
  });
  it('has each tray shape for macOS, Windows and Linux', () => {
    const names = readdirSync(inProject('build', 'tray'));
    for (const shape of Object.keys(trayShapes)) {
      expect(names).toEqual(expect.arrayContaining([`${shape}Template.png`, `${shape}Template@2x.png`, `${shape}-light.png`, `${shape}-dark.ico`]));
      expect([pngSize(built(`tray/${shape}Template.png`)), pngSize(built(`tray/${shape}Template@2x.png`))]).toEqual([16, 32]);
    }
  });
  it('is what the script draws today', () => {
    // Bitmaps only: what zlib makes of a PNG may differ from one processor to the next.
    const drawn = (shapes: Parameters<typeof rasterise>[0], sizes: number[]): Buffer => ico(sizes.map((size) => ({ size, pixels: rasterise(shapes, size) })));
    expect(built('tray/dot-dark.ico').equals(drawn(trayShapes.dot('#151A21'), [16, 20, 24, 32]))).toBe(true);
    const small = drawn(appIcon, [16, 24, 32, 48, 64, 128]);
    const bodies = 6 + 6 * 16;
    expect(built('icon.ico').subarray(bodies + 16, bodies + 16 + small.length - bodies).equals(small.subarray(bodies))).toBe(true);
  });
});

describe('the drawing', () => {
  it('tells all seven tray shapes apart at 16 pixels', () => {
    const drawn = Object.values(trayShapes).map((draw) => Buffer.from(rasterise(draw('#000000'), 16)).toString('base64'));
    expect(new Set(drawn).size).toBe(7);
  });
  it('keeps the bars sharp at 16 pixels: no half-covered rows', () => {
    const pixels = rasterise(trayShapes.plain('#000000'), 16);
    const column = Array.from({ length: 16 }, (_, y) => pixels[(y * 16 + 8) * 4 + 3]);
    expect(column).toEqual([0, 0, 0, 255, 255, 0, 255, 255, 0, 255, 255, 0, 255, 255, 0, 0]);
  });
  it('survives the way into a PNG and back', () => {
    const pixels = rasterise(appIcon, 16);
    const file = png(pixels, 16);
    const length = file.readUInt32BE(33);
    const rows = inflateSync(file.subarray(41, 41 + length));
    expect(rows.length).toBe(16 * (16 * 4 + 1));
    expect([...rows.subarray(65 * 8 + 1, 65 * 9)]).toEqual([...pixels.subarray(64 * 8, 64 * 9)]);
  });
  it('gives macOS the size each name stands for', () => {
    const asked: number[] = [];
    icns((size: number) => {
      asked.push(size);
      return Buffer.alloc(1);
    });
    expect(Math.max(...asked)).toBe(1024);
  });
});
