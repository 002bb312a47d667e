/** Details of the entry with the focus: preview, where its bytes are, what is wrong, what happened, and what can be done. */
import { X } from 'lucide-react';
import { Suspense, useEffect, useState } from 'react';
import type { EntryDetails, Row } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp, useView } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { lazyPart } from '../../components/lazy-part.tsx';
import { ReasonNote } from '../../components/reason-note.tsx';
import { StateLabel, stateWord } from '../../components/state-icon.tsx';
import { TierBadge } from '../../components/tier-badge.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { formatExactly, formatWhen } from '../../format/time.ts';
import { ResidencyButtons } from './residency-buttons.tsx';
import styles from './inspector.module.css';

const Preview = lazyPart(() => import('./preview.tsx').then((module) => ({ default: module.Preview })));
const settleMs = 120;

export function Inspector({ onClose }: { readonly onClose: () => void }) {
  const { view } = useApp();
  const focusRank = useView((state) => state.focusRank);
  const revision = useView((state) => state.revision);
  const row = useKeptRow(view.rowAt(focusRank), focusRank);
  const details = useDetails(row, revision);
  return (
    <div className={styles['inspector']}>
      <div className={styles['head']}>
        <h2 className={styles['title']}>{row?.name ?? say('inspector.title')}</h2>
        <Button look="icon" aria-label={say('files.hideDetails')} onClick={onClose}><X size={16} aria-hidden="true" /></Button>
      </div>
      {row === undefined ? <p className={styles['quiet']}>{say('inspector.pick')}</p> : <RowDetails row={row} details={details?.row.key === row.key && details.row.rootId === row.rootId ? details : null} />}
    </div>
  );
}

/** While a list is read anew its row is not known for a moment: what was shown stays, and with it the sheet that somebody has just opened. */
function useKeptRow(found: Row | undefined, rank: number): Row | undefined {
  const hasRow = useView((state) => (state.count ?? 0) > rank);
  const [kept, setKept] = useState({ found, rank });
  const now = found === undefined && hasRow && kept.rank === rank ? kept.found : found;
  if (kept.found !== now || kept.rank !== rank) setKept({ found: now, rank });
  return now;
}

/** Asks after a short rest, so that walking through a list does not ask for every row. */
function useDetails(row: Row | undefined, revision: number): EntryDetails | null {
  const { client } = useApp();
  const [details, setDetails] = useState<EntryDetails | null>(null);
  const rootId = row?.rootId;
  const key = row?.key;
  useEffect(() => {
    if (rootId === undefined || key === undefined) return undefined;
    let wanted = true;
    const timer = setTimeout(() => {
      client.call('readEntry', { rootId, key }).then((answer) => {
        if (wanted) setDetails(answer);
      }, () => undefined);
    }, settleMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, rootId, key, revision]);
  return details;
}

function RowDetails({ row, details }: { readonly row: Row; readonly details: EntryDetails | null }) {
  const app = useApp();
  const here = row.residency !== 'notOnDisk';
  const act = (how: 'open' | 'reveal'): void => void app.act('reveal', { rootId: row.rootId, key: row.key, act: how }, null);
  return (
    <>
      <StateLabel state={row.state} word={stateWord(row, app.now())} />
      {row.reason !== null && <ReasonNote reason={row.reason} rootId={row.rootId} entryKey={row.key} tone={row.state === 'cantSync' || row.state === 'conflict' ? 'alert' : 'quiet'} />}
      <div className={styles['actions']}>
        {here && <Button onClick={() => act('open')}>{say('do.open')}</Button>}
        {here && <Button className={styles['desktopOnly']} onClick={() => act('reveal')}>{say('do.reveal')}</Button>}
        {row.kind === 'file' && <DownloadButton row={row} />}
        <ResidencyButtons row={row} />
      </div>
      {row.kind === 'file' && details !== null && (
        <Suspense fallback={<div className={styles['previewRoom']} />}><Preview key={`${row.key} ${details.sha256 ?? ''}`} details={details} /></Suspense>
      )}
      {details !== null && <Places details={details} />}
      {details !== null && row.kind === 'file' && <History details={details} />}
    </>
  );
}

function DownloadButton({ row }: { readonly row: Row }) {
  const app = useApp();
  const download = async (): Promise<void> => {
    const ticket = await app.act('makeTicket', { rootId: row.rootId, key: row.key, purpose: 'download' }, null);
    if (ticket === null) return;
    const link = document.createElement('a');
    link.href = app.client.resolve(ticket.url);
    link.download = row.name;
    link.click();
  };
  return <Button onClick={() => void download()}>{say('do.download')}</Button>;
}

function Places({ details }: { readonly details: EntryDetails }) {
  const { row, onDisk, inPlace } = details;
  return (
    <section className={styles['part']}>
      {row.kind === 'file' && <h3>{say('inspector.where')}</h3>}
      <dl className={styles['facts']}>
        {row.kind === 'file' && (
          <>
            <dt>{say('inspector.onDisk')}</dt>
            <dd>{onDisk === null ? say('residency.notOnDisk') : <Side word={say(`residency.${row.residency}`)} sizeBytes={onDisk.sizeBytes} atMs={onDisk.changedAtMs} />}</dd>
            <dt>{details.place}</dt>
            <dd>{inPlace === null ? say('inspector.notThere') : <><TierBadge tier={row.tier ?? 'warm'} /> <span className="num">{formatBytes(inPlace.sizeBytes)}</span></>}</dd>
          </>
        )}
        {details.coldCopy !== null && row.tier === 'warm' && <><dt>{say('inspector.coldCopy')}</dt><dd>{say(details.coldCopy.isThisVersion ? 'inspector.coldSince' : 'inspector.coldOlder', { when: formatExactly(details.coldCopy.sinceMs) })}</dd></>}
        {inPlace !== null && inPlace.storageClass !== '' && <><dt>{say('inspector.storageClass')}</dt><dd>{inPlace.storageClass}</dd></>}
        {inPlace?.versionId != null && <><dt>{say('inspector.version')}</dt><dd className="mono">{inPlace.versionId}</dd></>}
        <dt>{say('inspector.path')}</dt><dd className={styles['break']}>{details.diskPath ?? row.path}</dd>
        {details.sha256 !== null && <><dt>{say('inspector.hash')}</dt><dd className={`mono ${styles['break'] ?? ''}`}>{details.sha256}</dd></>}
      </dl>
    </section>
  );
}

function Side({ word, sizeBytes, atMs }: { readonly word: string; readonly sizeBytes: number; readonly atMs: number }) {
  return <>{word}<br /><span className="num">{formatBytes(sizeBytes)} · {formatExactly(atMs)}</span></>;
}

function History({ details }: { readonly details: EntryDetails }) {
  const { now } = useApp();
  return (
    <section className={styles['part']}>
      <h3>{say('inspector.history')}</h3>
      {details.history.length === 0 ? <p className={styles['quiet']}>{say('inspector.noHistory')}</p> : (
        <ul className={styles['history']}>
          {details.history.map((line) => (
            <li key={line.id}>
              <span className={styles['when']} title={formatExactly(line.atMs)}>{formatWhen(line.atMs, now())}</span>
              <span>{say(`activity.kind.${line.kind}`)}{line.device === null ? '' : ` ${say('activity.by', { device: line.device })}`}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
