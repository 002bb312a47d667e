/** A tree of folders with sizes, each ticked when this computer keeps it; a folder of which only a part is kept shows that. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { shownChoice, withChoice, type FolderChoice } from '../../shared/model/chosen-folders.ts';
import { say } from '../../shared/words/words.ts';
import { formatBytes } from '../format/bytes.ts';
import styles from './folder-choice.module.css';

export interface ChoiceFolder { readonly path: string; readonly name: string; readonly bytes: number; readonly hasFolders: boolean }
export interface FolderChoiceProps {
  readonly choices: readonly FolderChoice[];
  readonly onChange: (choices: readonly FolderChoice[]) => void;
  /** What lies in a folder; undefined while it is not known yet. */
  readonly inside: (folder: string) => readonly ChoiceFolder[] | undefined;
  readonly onOpen?: (folder: string) => void;
}

export function FolderChoiceTree(props: FolderChoiceProps) {
  const top = props.inside('') ?? [];
  return (
    <ul className={styles['tree']} aria-label={say('chosen.tree')}>
      <li>
        <Line {...props} depth={0} path="" label={say('chosen.everything')} bytes={null} turn={null} />
        <ul>{top.map((folder) => <Branch key={folder.path} {...props} depth={1} folder={folder} />)}</ul>
      </li>
    </ul>
  );
}

function Branch({ folder, depth, ...props }: FolderChoiceProps & { readonly folder: ChoiceFolder; readonly depth: number }) {
  const [open, setOpen] = useState(false);
  const turn = (): void => {
    if (!open) props.onOpen?.(folder.path);
    setOpen(!open);
  };
  return (
    <li>
      <Line {...props} depth={depth} path={folder.path} label={folder.name} bytes={folder.bytes} turn={folder.hasFolders ? { open, turn } : null} />
      {open && <ul>{props.inside(folder.path)?.map((child) => <Branch key={child.path} {...props} depth={depth + 1} folder={child} />)}</ul>}
    </li>
  );
}

interface LineProps extends FolderChoiceProps { readonly depth: number; readonly path: string; readonly label: string; readonly bytes: number | null; readonly turn: { readonly open: boolean; readonly turn: () => void } | null }

function Line({ choices, onChange, depth, path, label, bytes, turn }: LineProps) {
  const shown = shownChoice(choices, path);
  return (
    <div className={styles['line']} style={{ paddingLeft: `${depth * 18}px` }}>
      {turn === null ? <span className={styles['noTurn']} /> : (
        <button type="button" className={styles['turn']} aria-expanded={turn.open} aria-label={say(turn.open ? 'chosen.fold' : 'chosen.unfold', { name: label })} onClick={turn.turn}>
          {turn.open ? <ChevronDown size={14} aria-hidden="true" /> : <ChevronRight size={14} aria-hidden="true" />}
        </button>
      )}
      <label className={styles['pick']}>
        <input type="checkbox" checked={shown === 'all'} ref={(box) => {
          if (box !== null) box.indeterminate = shown === 'some';
        }} onChange={() => onChange(withChoice(choices, path, shown !== 'all'))} />
        <span className={styles['name']} title={path || label}>{label}</span>
        {bytes !== null && <span className={styles['size']}>{formatBytes(bytes)}</span>}
      </label>
    </div>
  );
}
