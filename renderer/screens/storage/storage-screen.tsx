/** Storage: how many bytes lie in which layer of each place, as a picture of layers and the same as a table; what that costs, what moves, and what comes back. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Cost, Storage } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import panel from '../../components/panel.module.css';
import { TierBadge } from '../../components/tier-badge.tsx';
import { formatBytes, formatCount } from '../../format/bytes.ts';
import { CostPanel } from './cost-panel.tsx';
import { LayerPicture, layersOf } from './layer-picture.tsx';
import { RoomPanel } from './room-panel.tsx';
import { MapSection } from './storage-more.tsx';
import styles from './storage-screen.module.css';
import { ThawPanel } from './thaw-panel.tsx';
import { TierPanel } from './tier-panel.tsx';

type Place = Storage['places'][number];

export function StorageScreen() {
  const { storage, cost, thaws } = useApp();
  const value = useStore(storage, (reading) => reading.value);
  const costs = useStore(cost, (reading) => reading.value);
  useEffect(() => void Promise.all([storage.read(), cost.read(), thaws.read()]), [storage, cost, thaws]);
  return (
    <div className={panel['screen']}>
      <div className={panel['column']}>
        <h1>{say('storage.title')}</h1>
        {value !== null && value.places.every((place) => place.files === 0) && <div className={panel['empty']}><p>{say('storage.empty')}</p></div>}
        {value?.places.filter((place) => place.files > 0).map((place) => <PlacePanel key={place.rootId} place={place} costs={costs?.places.filter((one) => one.rootId === place.rootId) ?? []} />)}
        {value !== null && value.places.some((place) => place.files > 0) && <ThawPanel />}
        {value !== null && value.trashBytes > 0 && <p className={panel['quiet']}>{say('storage.trash')}: <span className="num">{formatBytes(value.trashBytes)}</span></p>}
      </div>
    </div>
  );
}

function PlacePanel({ place, costs }: { readonly place: Place; readonly costs: Cost['places'] }) {
  const layers = layersOf(place);
  return (
    <section className={styles['place']}>
      <div className={panel['spread']}>
        <h2 className={panel['break']}>{place.place}</h2>
        <p className={styles['total']}>{say('storage.total', { bytes: formatBytes(place.bytes), count: place.files })}</p>
      </div>
      <div className={styles['beside']}>
        <LayerPicture place={place} />
        <table className={styles['table']}>
          <thead><tr><th scope="col">{say('storage.layer')}</th><th scope="col">{say('storage.files')}</th><th scope="col">{say('storage.bytes')}</th></tr></thead>
          <tbody>{layers.map((layer) => <tr key={layer.tier}><th scope="row"><TierBadge tier={layer.tier} /></th><td>{formatCount(layer.files)}</td><td>{formatBytes(layer.bytes)}</td></tr>)}</tbody>
        </table>
      </div>
      {place.topFolders.length > 0 && <TopFolders place={place} />}
      <MapSection rootId={place.rootId} />
      {costs.map((one) => <CostPanel key={one.side} cost={one} />)}
      <RoomPanel rootId={place.rootId} />
      <TierPanel rootId={place.rootId} />
      <p className={panel['small']}>{say('storage.requests')}: <span className="num">{formatCount(place.requestsToday)}</span></p>
    </section>
  );
}

function TopFolders({ place }: { readonly place: Place }) {
  const { route } = useApp();
  const most = Math.max(...place.topFolders.map((each) => each.bytes), 1);
  return (
    <table className={styles['table']}>
      <caption className={styles['caption']}>{say('storage.topFolders')}</caption>
      <thead><tr><th scope="col">{say('storage.folder')}</th><th scope="col" className={styles['shareHead']}>{say('storage.share')}</th><th scope="col">{say('storage.files')}</th><th scope="col">{say('storage.bytes')}</th></tr></thead>
      <tbody>
        {place.topFolders.map((each) => (
          <tr key={each.folder}>
            <th scope="row"><button type="button" className={styles['folder']} onClick={() => route.go({ screen: 'files', rootId: place.rootId, folder: each.folder, search: '', entry: null })}>{each.folder === '' ? say('storage.rootFolder') : each.folder}</button></th>
            <td className={styles['shareCell']}><span className={styles['share']} style={{ width: `${Math.max(1, (each.bytes / most) * 100)}%` }} /></td>
            <td>{formatCount(each.files)}</td><td>{formatBytes(each.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
