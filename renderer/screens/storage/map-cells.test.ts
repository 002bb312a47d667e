/** The map of folders: areas as large as their bytes, together what there is, none over another, at most 400. */
import { describe, expect, it } from 'vitest';
import { cellsOf, type FolderMap } from './map-cells.ts';

const size = { width: 900, height: 320 };
const folder = (path: string, bytes: number): FolderMap['folders'][number] => ({ folder: path, files: 1, bytes, layer: 'warm' });

describe('areas', () => {
  it('are as large as their share, and those of one folder lie together', () => {
    const cells = cellsOf({ folders: [folder('a', 300), folder('a/b', 100), folder('', 100), folder('c', 400)], otherFiles: 5, otherBytes: 100 }, size);
    expect(cells.map((cell) => [cell.folder, cell.bytes])).toEqual([['c', 400], ['a', 300], ['a/b', 100], ['', 100], [null, 100]]);
    const whole = size.width * size.height;
    for (const cell of cells) expect(Math.abs((cell.width * cell.height) / whole - cell.bytes / 1000), `${cell.folder}`).toBeLessThan(0.02);
    for (const one of cells) for (const other of cells) if (one !== other) expect(one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y).toBe(true);
  });
  it('of 399 folders and the rest there are 400, and none without bytes', () => {
    const folders = [...Array.from({ length: 399 }, (_, at) => folder(`d${at % 20}/e${at}`, 1000 - at)), folder('empty', 0)];
    expect(cellsOf({ folders, otherFiles: 9, otherBytes: 50 }, size)).toHaveLength(400);
    expect(cellsOf({ folders: [], otherFiles: 0, otherBytes: 0 }, size)).toEqual([]);
  });
});
