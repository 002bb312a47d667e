/** What is coming back from archives: each file with its time and price, what can still be done about it, and the sum of all. */
import { useStore } from 'zustand';
import type { ThawedFile, Thaws } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { CutName } from '../../components/cut-name.tsx';
import panel from '../../components/panel.module.css';
import { formatBytes } from '../../format/bytes.ts';
import { formatMoney } from '../../format/money.ts';
import { formatTimeLeft, formatWhen } from '../../format/time.ts';
import styles from './storage-screen.module.css';

export function ThawPanel() {
  const { thaws } = useApp();
  const value = useStore(thaws, (reading) => reading.value);
  if (value === null) return null;
  return (
    <section className={styles['place']}>
      <div className={panel['spread']}>
        <h2>{say('thaw.title')}</h2>
        {value.comingFiles > 0 && <p className={styles['total']}>{totalText(value)}</p>}
      </div>
      {value.thaws.length === 0 ? <p className={panel['quiet']}>{say('thaw.empty')}</p> : <ThawTable value={value} />}
    </section>
  );
}

function totalText(value: Thaws): string {
  const words = { count: value.comingFiles, bytes: formatBytes(value.comingBytes) };
  return value.price === null || value.currency === null ? say('thaw.totalNoPrice', words) : say('thaw.total', { ...words, price: formatMoney(value.price, value.currency) });
}

function ThawTable({ value }: { readonly value: Thaws }) {
  const { now } = useApp();
  return (
    <div className={styles['scroll']} role="group" aria-label={say('thaw.title')} tabIndex={0}>
      <table className={styles['table']}>
        <thead><tr><th scope="col">{say('thaw.file')}</th><th scope="col">{say('storage.bytes')}</th><th scope="col">{say('thaw.speed')}</th><th scope="col">{say('thaw.price')}</th><th scope="col" className={styles['left']}>{say('thaw.state')}</th><th scope="col"><span className="visually-hidden">{say('thaw.acts')}</span></th></tr></thead>
        <tbody>
          {value.thaws.map((thaw) => (
            <tr key={thaw.id}>
              <th scope="row" className={styles['name']}><CutName name={thaw.path} /></th>
              <td>{formatBytes(thaw.sizeBytes)}</td>
              <td>{say(`thaw.speed.${thaw.speed}`)}</td>
              <td>{thaw.price === null || value.currency === null ? say('money.unknown') : formatMoney(thaw.price, value.currency)}</td>
              <td className={styles['left']}>{stateText(thaw, now())}</td>
              <td><ThawButtons thaw={thaw} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The archive journey in words. */
export function stateText(thaw: ThawedFile, nowMs: number): string {
  if (thaw.state === 'failed') return say('thaw.failed', { why: thaw.reason?.sentence ?? '' });
  if (thaw.reason !== null) return say('thaw.tryingAgain', { why: thaw.reason.sentence });
  if (thaw.state === 'cancelled') return say('thaw.cancelled');
  if (thaw.state === 'over') return say('thaw.over');
  if (thaw.state === 'ready' && thaw.toDisk) return say('state.downloading');
  if (thaw.state === 'ready' || thaw.state === 'here') {
    const word = thaw.state === 'here' ? 'thaw.here' : 'thaw.ready';
    return thaw.untilMs === null ? say('thaw.readyForGood') : say(word, { day: formatWhen(thaw.untilMs, nowMs) });
  }
  if (thaw.expectedToMs === null) return say('thaw.asked');
  return thaw.expectedToMs <= nowMs ? say('thaw.anyMoment') : say('thaw.coming', { time: formatTimeLeft((thaw.expectedToMs - nowMs) / 1000) });
}

function ThawButtons({ thaw }: { readonly thaw: ThawedFile }) {
  const { act } = useApp();
  const give = (what: Parameters<typeof act<'changeThaws'>>[1]): void => void act('changeThaws', what, null);
  const name = { file: thaw.path };
  if (thaw.state === 'asked' || thaw.state === 'waiting') return <Button aria-label={say('thaw.cancelOne', name)} onClick={() => give({ ids: [thaw.id], act: 'cancel' })}>{say('do.cancel')}</Button>;
  if (thaw.reason?.code === 'restore_too_urgent') return <Button aria-label={say('thaw.standardOne', name)} onClick={() => give({ ids: [thaw.id], act: 'again', speed: 'standard' })}>{say('thaw.useStandard')}</Button>;
  if (thaw.state === 'ready' || thaw.state === 'here') return thaw.untilMs === null ? null : <Button aria-label={say('thaw.longerOne', name)} onClick={() => give({ ids: [thaw.id], act: 'again', days: 14 })}>{say('thaw.longer')}</Button>;
  return <Button aria-label={say('thaw.againOne', name)} onClick={() => give({ ids: [thaw.id], act: 'again' })}>{say('thaw.again')}</Button>;
}
