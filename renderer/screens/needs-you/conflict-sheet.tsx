/** One conflict laid open: the version before, this computer's and the other's side by side, and what to keep. */
import { GitFork } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Conflict, ConflictSides } from '../../../shared/api/contract.ts';
import { say, type WordId } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import panel from '../../components/panel.module.css';
import { Sheet } from '../../components/sheet.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { fileName } from '../../format/middle-cut.ts';
import { formatExactly } from '../../format/time.ts';
import type { ComparedRow } from './compare-texts.ts';
import { theirsWord, useSettling } from './conflict-words.ts';
import styles from './conflict-sheet.module.css';
import { useCompared } from './use-compared.ts';

type Side = ConflictSides['base'];
const sideNames = ['base', 'mine', 'theirs'] as const;

export function ConflictSheet({ conflict, onClose }: { readonly conflict: Conflict; readonly onClose: () => void }) {
  const { client } = useApp();
  const settling = useSettling(conflict, onClose);
  const [sides, setSides] = useState<ConflictSides | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    client.call('readConflict', { conflictId: conflict.id }).then((answer) => wanted && setSides(answer), (reason: unknown) => wanted && setProblem(problemOf(reason).message));
    return () => {
      wanted = false;
    };
  }, [client, conflict.id]);
  const actions = (
    <>
      <Button onClick={() => void settling.settle('mine')}>{say('needsYou.keepMine')}</Button>
      <Button onClick={() => void settling.settle('theirs')}>{theirsWord(conflict, 'keep')}</Button>
      <Button onClick={() => void settling.settle('both')}>{say('needsYou.keepBoth')}</Button>
      <Button look="plain" onClick={() => void settling.openBoth()}>{say('needsYou.openBoth')}</Button>
    </>
  );
  return (
    <Sheet wide="full" title={say('conflict.title', { name: fileName(conflict.path) })} onClose={onClose} actions={actions} closeWord={say('do.close')}>
      <p className={styles['state']}><GitFork size={16} aria-hidden="true" />{say('conflict.state')}</p>
      {problem !== null && <p>{problem}</p>}
      {sides === null && problem === null && <p className={panel['quiet']}>{say('conflict.reading')}</p>}
      {sides !== null && <Sides sides={sides} />}
    </Sheet>
  );
}

function Sides({ sides }: { readonly sides: ConflictSides }) {
  const { conflict, previewKind } = sides;
  const titles = { base: say('conflict.before'), mine: say('needsYou.thisComputer'), theirs: theirsWord(conflict, 'of') };
  const shown = sideNames.filter((name) => name !== 'base' || sides.base !== null);
  return (
    <>
      <dl className={styles['sides']} data-columns={shown.length}>
        {shown.map((name) => <div key={name} className={styles['side']}><dt>{titles[name]}</dt><Facts side={sides[name]} /></div>)}
      </dl>
      {sides.base === null && <p className={panel['quiet']}>{say('conflict.noBase')}</p>}
      {previewKind === 'image' ? <Pictures sides={sides} titles={titles} /> : <Texts sides={sides} titles={titles} />}
    </>
  );
}

function Facts({ side }: { readonly side: Side }) {
  if (side === null) return <dd>{say('conflict.sideGone')}</dd>;
  return (
    <>
      <dd>{formatBytes(side.sizeBytes)}</dd>
      {side.changedAtMs !== null && <dd>{formatExactly(side.changedAtMs)}</dd>}
      {side.sha256 !== null && <dd className={styles['hash']} title={side.sha256}>{say('conflict.hash', { hash: side.sha256.slice(0, 12) })}</dd>}
    </>
  );
}

type Titles = Readonly<Record<(typeof sideNames)[number], string>>;

function Pictures({ sides, titles }: { readonly sides: ConflictSides; readonly titles: Titles }) {
  return (
    <div className={styles['pictures']}>
      {(['mine', 'theirs'] as const).map((name) => <Picture key={name} rootId={sides.conflict.rootId} side={sides[name]} label={titles[name]} />)}
    </div>
  );
}
function Picture({ rootId, side, label }: { readonly rootId: string; readonly side: Side; readonly label: string }) {
  const { client } = useApp();
  const [url, setUrl] = useState<string | null>(null);
  const key = side?.key ?? null;
  useEffect(() => {
    if (key === null) return undefined;
    const stop = new AbortController();
    let made: string | null = null;
    const load = async (): Promise<void> => {
      const ticket = await client.call('makeTicket', { rootId, key, purpose: 'preview' });
      const blob = await client.content(ticket.url, { signal: stop.signal });
      if (stop.signal.aborted) return;
      made = URL.createObjectURL(blob);
      setUrl(made);
    };
    void load().catch(() => undefined);
    return () => {
      stop.abort();
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [client, rootId, key]);
  return <figure className={styles['picture']}>{url !== null && <img src={url} alt={label} decoding="async" />}<figcaption>{label}</figcaption></figure>;
}

const changeWords: Readonly<Record<'mine' | 'theirs' | 'both', WordId>> = { mine: 'conflict.changedMine', theirs: 'conflict.changedTheirs', both: 'conflict.changedBoth' };

function Texts({ sides, titles }: { readonly sides: ConflictSides; readonly titles: Titles }) {
  const compared = useCompared(sides);
  if (sides.mine?.text == null || sides.theirs?.text == null) return <p className={panel['quiet']}>{say('conflict.noText')}</p>;
  if (compared === null) return <p className={panel['quiet']}>{say('conflict.comparing')}</p>;
  const columns = sideNames.filter((name) => name !== 'base' || sides.base?.text != null);
  return (
    <div className={styles['room']} tabIndex={0} role="region" aria-label={say('conflict.lines')}>
      <table className={styles['table']}>
        <thead><tr>{columns.map((name) => <th key={name} scope="col">{titles[name]}</th>)}<th scope="col">{say('conflict.who')}</th></tr></thead>
        <tbody>{compared.rows.map((row, at) => <Line key={at} row={row} before={compared.rows[at - 1]} columns={columns} />)}</tbody>
      </table>
      {compared.cut && <p className={panel['quiet']}>{say('conflict.cut')}</p>}
    </div>
  );
}
function Line({ row, before, columns }: { readonly row: ComparedRow; readonly before: ComparedRow | undefined; readonly columns: readonly (typeof sideNames)[number][] }) {
  if (row.kind === 'skip') return <tr className={styles['skip']}><td colSpan={columns.length + 1}>{say('conflict.skipped', { count: row.lines })}</td></tr>;
  const changed = (name: (typeof sideNames)[number]): boolean => row.kind !== 'equal' && name !== 'base' && (row.kind === 'both' || row.kind === name);
  return (
    <tr>
      {columns.map((name) => <td key={name} className={row[name] === null ? styles['gap'] : changed(name) ? styles['changed'] : undefined}>{row[name]}</td>)}
      <td className={styles['who']}>{row.kind !== 'equal' && before?.kind !== row.kind && say(changeWords[row.kind])}</td>
    </tr>
  );
}
