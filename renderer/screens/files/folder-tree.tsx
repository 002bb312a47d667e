/** The folders of every synced root as a tree in the rail; children are asked for when a folder is opened. */
import { ChevronRight, Folder, FolderSync } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useShallow } from 'zustand/shallow';
import { useStore } from 'zustand';
import { say } from '../../../shared/words/words.ts';
import { useApp, useRoute } from '../../app/app-context.tsx';
import { folderOf } from '../../format/middle-cut.ts';
import { useShownRoot } from './shown-root.ts';
import styles from './folder-tree.module.css';

export interface TreeNode { readonly id: string; readonly rootId: string; readonly path: string; readonly name: string; readonly level: number; readonly hasFolders: boolean }
export interface TreeChildren { readonly [id: string]: readonly { readonly path: string; readonly name: string; readonly hasFolders: boolean }[] | undefined }
export const nodeId = (rootId: string, path: string): string => `${rootId}:${path}`;

/** The nodes in sight, in order: roots, and below each open folder its children. */
export function nodesInSight(roots: readonly { readonly id: string; readonly name: string }[], open: ReadonlySet<string>, children: TreeChildren): TreeNode[] {
  const nodes: TreeNode[] = [];
  const walk = (node: TreeNode): void => {
    nodes.push(node);
    if (!open.has(node.id)) return;
    for (const child of children[node.id] ?? []) walk({ ...child, id: nodeId(node.rootId, child.path), rootId: node.rootId, level: node.level + 1 });
  };
  for (const root of roots) walk({ id: nodeId(root.id, ''), rootId: root.id, path: '', name: root.name, level: 1, hasFolders: true });
  return nodes;
}

export function FolderTree() {
  const app = useApp();
  const names = useStore(app.status, useShallow((state) => state.status?.roots.flatMap((root) => [root.id, root.name]) ?? []));
  const shown = useShownRoot();
  const folder = useRoute((route) => route.folder);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const children = useChildren(open, setOpen, shown?.id ?? null, folder);
  const [active, setActive] = useState<string | null>(null);
  const tree = useRef<HTMLUListElement>(null);
  const roots = names.flatMap((id, at) => (at % 2 === 0 ? [{ id, name: names[at + 1] ?? '' }] : []));
  const nodes = nodesInSight(roots, open, children);
  const current = shown === null ? null : nodeId(shown.id, folder);
  const tabStop = nodes.some((node) => node.id === active) ? active : nodes.some((node) => node.id === current) ? current : nodes[0]?.id ?? null;
  const turn = (id: string, wanted: boolean): void => setOpen((before) => {
    const next = new Set(before);
    if (wanted) next.add(id);
    else next.delete(id);
    return next;
  });
  const visit = (node: TreeNode): void => app.route.go({ screen: 'files', rootId: node.rootId, folder: node.path, search: '', entry: null });
  const step = (at: number): void => {
    const node = nodes[Math.min(Math.max(at, 0), nodes.length - 1)];
    if (node === undefined) return;
    setActive(node.id);
    tree.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(node.id)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, node: TreeNode, at: number): void => {
    const isOpen = open.has(node.id);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => step(at + 1), ArrowUp: () => step(at - 1), Home: () => step(0), End: () => step(nodes.length - 1),
      ArrowRight: () => (isOpen ? step(at + 1) : node.hasFolders && turn(node.id, true)),
      ArrowLeft: () => (isOpen ? turn(node.id, false) : step(nodes.findIndex((other) => other.id === nodeId(node.rootId, folderOf(node.path))))),
      Enter: () => visit(node), ' ': () => visit(node),
    };
    const move = event.altKey ? undefined : moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  return (
    <div className={styles['tree']}>
      <h2 className={styles['title']} id="tree-title">{say('files.tree')}</h2>
      <ul role="tree" aria-labelledby="tree-title" ref={tree}>
        {nodes.map((node, at) => (
          <li key={node.id} role="treeitem" aria-level={node.level} aria-selected={node.id === current} {...(node.hasFolders ? { 'aria-expanded': open.has(node.id) } : {})} aria-label={node.name}
            tabIndex={node.id === tabStop ? 0 : -1} data-node={node.id} className={styles['node']} style={{ paddingLeft: `${4 + (node.level - 1) * 14}px` }}
            onClick={() => visit(node)} onFocus={() => setActive(node.id)} onKeyDown={(event) => onKeyDown(event, node, at)}>
            <span className={styles['twist']} aria-hidden="true" data-open={open.has(node.id)} onClick={(event) => {
              event.stopPropagation();
              turn(node.id, !open.has(node.id));
            }}>{node.hasFolders && <ChevronRight size={14} />}</span>
            {node.level === 1 ? <FolderSync size={16} strokeWidth={1.75} aria-hidden="true" /> : <Folder size={16} strokeWidth={1.75} aria-hidden="true" />}
            <span className={styles['name']} title={node.path || node.name}>{node.name}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Fetches the children of open folders, and opens the way to the shown one. */
function useChildren(open: ReadonlySet<string>, setOpen: (change: (before: ReadonlySet<string>) => ReadonlySet<string>) => void, rootId: string | null, folder: string): TreeChildren {
  const { client } = useApp();
  const shown = useShownRoot();
  const inStepAtMs = shown?.lastInStepAtMs ?? null;
  const [children, setChildren] = useState<TreeChildren>({});
  const asked = useRef(new Set<string>());
  useEffect(() => {
    if (rootId === null) return;
    const steps = folder === '' ? [] : folder.split('/');
    const way = [nodeId(rootId, ''), ...steps.slice(0, -1).map((_, at) => nodeId(rootId, steps.slice(0, at + 1).join('/')))];
    setOpen((before) => (way.every((id) => before.has(id)) ? before : new Set([...before, ...way])));
  }, [rootId, folder, setOpen]);
  // Folders may have come or gone with each run, so what is open is asked for again after it.
  useEffect(() => asked.current.clear(), [inStepAtMs]);
  useEffect(() => {
    for (const id of open) {
      if (asked.current.has(id)) continue;
      asked.current.add(id);
      const colon = id.indexOf(':');
      client.call('readFolders', { rootId: id.slice(0, colon), folder: id.slice(colon + 1) }).then(
        ({ folders }) => setChildren((before) => ({ ...before, [id]: folders })),
        () => asked.current.delete(id),
      );
    }
  }, [client, open, inStepAtMs]);
  return children;
}
