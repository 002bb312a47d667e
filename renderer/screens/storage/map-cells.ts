/** Folders as areas: the sizes that the service counted, laid out as a treemap. */
import { hierarchy, treemap } from 'd3-hierarchy';
import type { OutputOf } from '../../../shared/api/contract.ts';

export type FolderMap = OutputOf<'readMap'>;
export interface Cell {
  /** Null is the sum of what has no area of its own. */
  readonly folder: string | null;
  readonly files: number;
  readonly bytes: number;
  readonly layer: FolderMap['folders'][number]['layer'] | 'other';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
interface Node {
  readonly folder: string | null;
  readonly files: number;
  readonly bytes: number;
  readonly layer: Cell['layer'];
  readonly children: Node[];
}

/** At most 400 areas, the largest first; what lies in one folder lies together. */
export function cellsOf(map: FolderMap, size: { readonly width: number; readonly height: number }): readonly Cell[] {
  const root: Node = { folder: '', files: 0, bytes: 0, layer: 'other', children: [] };
  const nodes = new Map<string, Node>([['', root]]);
  const nodeOf = (path: string): Node => {
    const known = nodes.get(path);
    if (known !== undefined) return known;
    const node: Node = { folder: path, files: 0, bytes: 0, layer: 'other', children: [] };
    nodes.set(path, node);
    nodeOf(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '').children.push(node);
    return node;
  };
  // Each folder's own files are a leaf in it, beside the folders in it.
  for (const one of map.folders) if (one.bytes > 0) nodeOf(one.folder).children.push({ ...one, children: [] });
  if (map.otherBytes > 0) root.children.push({ folder: null, files: map.otherFiles, bytes: map.otherBytes, layer: 'other', children: [] });
  const tree = hierarchy(root).sum((node) => node.bytes).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  return treemap<Node>().size([size.width, size.height]).paddingInner(2).round(true)(tree).leaves()
    .filter((leaf) => leaf.data.bytes > 0)
    .map(({ data, x0, x1, y0, y1 }) => ({ folder: data.folder, files: data.files, bytes: data.bytes, layer: data.layer, x: x0, y: y0, width: Math.max(0, x1 - x0), height: Math.max(0, y1 - y0) }))
    .sort((a, b) => b.bytes - a.bytes);
}
