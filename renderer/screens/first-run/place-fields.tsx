/** The fields of a place: a bucket with its server and keys, or another folder. */
import { Suspense, useState } from 'react';
import { say, type WordId } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import field from '../../components/field.module.css';
import styles from './first-run.module.css';
import type { PlaceForm } from './place-form.ts';
import { lazyPart } from '../../components/lazy-part.tsx';

const BrowseSheet = lazyPart(() => import('./browse-sheet.tsx').then((module) => ({ default: module.BrowseSheet })));
interface PlaceFieldsProps { readonly place: PlaceForm; readonly onChange: (place: PlaceForm) => void }

export function PlaceFields({ place, onChange }: PlaceFieldsProps) {
  return (
    <>
      <fieldset className={styles['kinds']}>
        <legend className={field['label']}>{say('firstRun.placeKind')}</legend>
        {(['s3', 'folder'] as const).map((kind) => (
          <label key={kind} className={field['check']}><input type="radio" name="place-kind" checked={place.kind === kind} onChange={() => onChange({ ...place, kind })} />{say(kind === 's3' ? 'firstRun.s3' : 'firstRun.folderPlace')}</label>
        ))}
      </fieldset>
      {place.kind === 's3' ? <BucketFields place={place} onChange={onChange} /> : <FolderField place={place} onChange={onChange} />}
    </>
  );
}

function BucketFields({ place, onChange }: PlaceFieldsProps) {
  const text = (name: 'endpoint' | 'bucket' | 'prefix' | 'region' | 'accessKeyId' | 'secretAccessKey' | 'profile', word: WordId, more: { readonly hint?: WordId; readonly type?: 'password' | 'url'; readonly autoComplete?: string } = {}) => (
    <label className={field['field']}>
      <span className={field['label']}>{say(word)}</span>
      <input className={field['input']} type={more.type ?? 'text'} autoComplete={more.autoComplete ?? 'off'} spellCheck={false} value={place[name]} onChange={(event) => onChange({ ...place, [name]: event.currentTarget.value })} />
      {more.hint !== undefined && <span className={field['hint']}>{say(more.hint)}</span>}
    </label>
  );
  return (
    <>
      <div className={field['two']}>
        {text('endpoint', 'firstRun.endpoint', { hint: 'firstRun.endpointHint' })}
        {text('region', 'firstRun.region')}
        {text('bucket', 'firstRun.bucket')}
        {text('prefix', 'firstRun.prefix', { hint: 'firstRun.prefixHint' })}
        {text('accessKeyId', 'firstRun.accessKey', { autoComplete: 'username' })}
        {text('secretAccessKey', 'firstRun.secretKey', { type: 'password', autoComplete: 'current-password' })}
      </div>
      <p className={field['hint']}>{say('firstRun.keysHint')} {say('firstRun.keysOptional')}</p>
      {text('profile', 'firstRun.profile', { hint: 'firstRun.profileHint' })}
      <details>
        <summary>{say('firstRun.certificate')}</summary>
        <label className={field['field']}>
          <span className={field['hint']}>{say('firstRun.certificateHint')}</span>
          <textarea className={field['area']} spellCheck={false} aria-label={say('firstRun.certificate')} value={place.certificate} onChange={(event) => onChange({ ...place, certificate: event.currentTarget.value })} />
        </label>
      </details>
    </>
  );
}

function FolderField({ place, onChange }: PlaceFieldsProps) {
  const { bridge } = useApp();
  const [browsing, setBrowsing] = useState(false);
  const choose = async (): Promise<void> => {
    if (bridge === null) return setBrowsing(true);
    const folder = await bridge.pickFolder();
    if (folder !== null) onChange({ ...place, folder });
  };
  return (
    <div className={field['pair']}>
      <label className={field['field']}><span className={field['label']}>{say('firstRun.placeFolder')}</span>
        <input className={field['input']} value={place.folder} spellCheck={false} autoComplete="off" onChange={(event) => onChange({ ...place, folder: event.currentTarget.value })} /></label>
      <Button className={styles['browse']} onClick={() => void choose()}>{say('firstRun.browse')}</Button>
      {browsing && <Suspense fallback={null}><BrowseSheet start={place.folder} onClose={() => setBrowsing(false)} onChoose={(folder) => {
        onChange({ ...place, folder });
        setBrowsing(false);
      }} /></Suspense>}
    </div>
  );
}
