/** First run and "Add a folder": 1 Folder, 2 Place, 3 What will happen, Start; each step can be changed again. */
import { Check } from 'lucide-react';
import { Suspense, useState, type ReactNode } from 'react';
import type { Preview } from '../../../shared/api/contract.ts';
import { say, type WordId } from '../../../shared/words/words.ts';
import { useApp, useRoute, useStatus } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { CheckList } from '../../components/check-list.tsx';
import field from '../../components/field.module.css';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';
import { formatBytes } from '../../format/bytes.ts';
import { formatExactly } from '../../format/time.ts';
import styles from './first-run.module.css';
import { placeWords } from './place-form.ts';
import { PlaceFields } from './place-fields.tsx';
import { useFirstRun, type FirstRunControl, type Step } from './use-first-run.ts';

const BrowseSheet = lazyPart(() => import('./browse-sheet.tsx').then((module) => ({ default: module.BrowseSheet })));
const ChosenStep = lazyPart(() => import('./chosen-step.tsx').then((module) => ({ default: module.ChosenStep })));
const order: readonly Step[] = ['folder', 'place', 'what'];

export function FirstRunScreen() {
  const first = useStatus((state) => state.status?.headline.kind === 'firstRun');
  const adding = useRoute((route) => route.screen === 'addFolder');
  const droppedFolder = useRoute((route) => (route.screen === 'addFolder' ? route.folder : ''));
  const wizard = useFirstRun({ first, droppedFolder });
  const at = order.indexOf(wizard.step);
  return (
    <div className={panel['screen']}>
      <div className={styles['column']}>
        <header className={panel['stack']}>
          <h1>{say(adding && !first ? 'firstRun.addTitle' : 'firstRun.title')}</h1>
          <p className={panel['quiet']}>{say('firstRun.lead')}</p>
        </header>
        <ol className={styles['steps']} aria-label={say('firstRun.steps')}>
          <StepPanel number={1} word="firstRun.folder" state={at === 0 ? 'open' : 'done'} summary={wizard.folder} onChange={() => wizard.go('folder')}><FolderStep wizard={wizard} /></StepPanel>
          <StepPanel number={2} word="firstRun.place" state={at === 1 ? 'open' : at > 1 ? 'done' : 'later'} summary={placeWords(wizard.place)} onChange={() => wizard.go('place')}><PlaceStep wizard={wizard} /></StepPanel>
          <StepPanel number={3} word="firstRun.what" state={at === 2 ? 'open' : 'later'} summary="" onChange={() => undefined}><WhatStep wizard={wizard} /></StepPanel>
        </ol>
      </div>
    </div>
  );
}

interface StepPanelProps { readonly number: number; readonly word: WordId; readonly state: 'open' | 'done' | 'later'; readonly summary: string; readonly onChange: () => void; readonly children: ReactNode }

function StepPanel({ number, word, state, summary, onChange, children }: StepPanelProps) {
  return (
    <li className={styles['step']} aria-current={state === 'open' ? 'step' : undefined} data-state={state}>
      <div className={styles['stepHead']}>
        <span className={styles['number']} aria-hidden="true">{state === 'done' ? <Check size={14} strokeWidth={2.5} /> : number}</span>
        <h2 className={styles['stepTitle']}>{say(word)}</h2>
        {state === 'done' && <span className={styles['summary']} title={summary}>{summary}</span>}
        {state === 'done' && <Button aria-label={`${say('do.change')}: ${say(word)}`} onClick={onChange}>{say('do.change')}</Button>}
      </div>
      {state === 'open' && <div className={styles['stepBody']}>{children}</div>}
    </li>
  );
}

function FolderStep({ wizard }: { readonly wizard: FirstRunControl }) {
  const { bridge } = useApp();
  const [browsing, setBrowsing] = useState(false);
  const choose = async (): Promise<void> => {
    if (bridge === null) return setBrowsing(true);
    const folder = await bridge.pickFolder();
    if (folder !== null) wizard.setFolder(folder);
  };
  return (
    <form className={panel['stack']} onSubmit={(event) => {
      event.preventDefault();
      void wizard.toPlace();
    }}>
      <div className={field['pair']}>
        <label className={field['field']}><span className={field['label']}>{say('firstRun.folderLabel')}</span>
          <input className={field['input']} value={wizard.folder} spellCheck={false} autoComplete="off" onChange={(event) => wizard.setFolder(event.currentTarget.value)} /></label>
        <Button className={styles['browse']} onClick={() => void choose()}>{say('firstRun.browse')}</Button>
      </div>
      {wizard.folderCheck !== null && <CheckList label={say('firstRun.checksFolder')} checks={wizard.folderCheck.checks} />}
      <Problem wizard={wizard} />
      <div className={panel['row']}><Button look="primary" type="submit" disabled={wizard.busy !== null}>{say(wizard.busy === 'folder' ? 'firstRun.checking' : 'do.next')}</Button></div>
      {browsing && <Suspense fallback={null}><BrowseSheet start={wizard.folder} onClose={() => setBrowsing(false)} onChoose={(folder) => {
        wizard.setFolder(folder);
        setBrowsing(false);
      }} /></Suspense>}
    </form>
  );
}

function PlaceStep({ wizard }: { readonly wizard: FirstRunControl }) {
  return (
    <form className={panel['stack']} onSubmit={(event) => {
      event.preventDefault();
      void wizard.toWhat();
    }}>
      <PlaceFields place={wizard.place} onChange={wizard.setPlace} />
      {wizard.doctor !== null && (
        <>
          <p className={wizard.doctor.usable ? styles['verdict'] : styles['verdictBad']}>{say(wizard.doctor.usable ? 'firstRun.usable' : 'firstRun.notUsable')}</p>
          <CheckList label={say('firstRun.checksPlace')} checks={wizard.doctor.checks} />
          {wizard.doctor.checks.some((check) => check.reason?.fix === 'makeBucket') && (
            <div className={panel['row']}><Button disabled={wizard.busy !== null} onClick={() => void wizard.makeBucket()}>{wizard.busy === 'bucket' ? say('firstRun.makingBucket') : say('firstRun.makeBucket', { bucket: wizard.place.bucket.trim() })}</Button></div>
          )}
          {wizard.doctor.checks.some((check) => check.reason?.fix === 'trustCertificate') && <UnknownCertificate wizard={wizard} />}
        </>
      )}
      <Problem wizard={wizard} />
      <div className={panel['row']}>
        <Button look="primary" type="submit" disabled={wizard.busy !== null}>{say('do.next')}</Button>
        <Button disabled={wizard.busy !== null} onClick={() => void wizard.testPlace()}>{say(wizard.busy === 'place' ? 'firstRun.testing' : 'firstRun.test')}</Button>
      </div>
    </form>
  );
}

/** Trust is given to what was looked at: fingerprint first, then the button. */
function UnknownCertificate({ wizard }: { readonly wizard: FirstRunControl }) {
  const { certificate, busy } = wizard;
  if (certificate === null) return <div className={panel['row']}><Button disabled={busy !== null} onClick={() => void wizard.lookAtCertificate()}>{say(busy === 'certificate' ? 'firstRun.lookingAtCertificate' : 'firstRun.lookAtCertificate')}</Button></div>;
  return (
    <section className={styles['certificate']} aria-label={say('firstRun.shownCertificate')}>
      <p>{say('firstRun.compareCertificate')}</p>
      <dl className={styles['certificateFacts']}>
        <dt>{say('firstRun.fingerprint')}</dt><dd className={styles['fingerprint']}>{certificate.fingerprint}</dd>
        <dt>{say('firstRun.issuedTo')}</dt><dd>{certificate.issuedTo}</dd>
        <dt>{say('firstRun.issuedBy')}</dt><dd>{certificate.issuedBy}</dd>
        <dt>{say('firstRun.validUntil')}</dt><dd>{formatExactly(certificate.validUntilMs)}</dd>
      </dl>
      <div className={panel['row']}><Button disabled={busy !== null} onClick={() => void wizard.trustCertificate()}>{say('fix.trustCertificate')}</Button></div>
    </section>
  );
}

function WhatStep({ wizard }: { readonly wizard: FirstRunControl }) {
  const { preview, busy } = wizard;
  return (
    <div className={panel['stack']}>
      {busy === 'preview' && <p className={panel['quiet']}>{say('firstRun.counting')}</p>}
      {preview !== null && <PreviewWords preview={preview} />}
      {preview !== null && preview.folders.length > 0 && <Suspense fallback={null}><ChosenStep folders={preview.folders} choices={wizard.choices ?? []} onChange={wizard.choose} /></Suspense>}
      <Problem wizard={wizard} />
      <div className={panel['row']}>
        <Button look="primary" disabled={busy !== null || preview === null || preview.reason !== null} onClick={() => void wizard.start()}>{say(busy === 'start' ? 'firstRun.starting' : 'do.start')}</Button>
        {preview === null && busy === null && <Button onClick={() => void wizard.toWhat()}>{say('do.tryNow')}</Button>}
      </div>
    </div>
  );
}

export function PreviewWords({ preview }: { readonly preview: Preview }) {
  const counts = { here: preview.localFiles, there: preview.remoteFiles, same: preview.same, up: preview.uploads, down: preview.downloads };
  return (
    <>
      <p className={styles['counts']}>{say('firstRun.counts', counts)} {preview.deletions === 0 ? say('firstRun.noDeletions') : say('firstRun.deletions', { count: preview.deletions })}</p>
      {preview.reason !== null && <p className={styles['verdictBad']}>{preview.reason.sentence}</p>}
      <ul className={styles['facts']}>
        {preview.uploads > 0 && <li>{say('firstRun.bytesUp', { bytes: formatBytes(preview.bytesUp) })}</li>}
        {preview.downloads > 0 && <li>{say('firstRun.bytesDown', { bytes: formatBytes(preview.bytesDown) })}</li>}
        {preview.conflicts > 0 && <li>{say('firstRun.conflicts', { count: preview.conflicts })}</li>}
        {preview.skipped > 0 && <li>{say('firstRun.skipped', { count: preview.skipped })}</li>}
      </ul>
      {preview.examples.length > 0 && (
        <details>
          <summary>{say('firstRun.examples')}</summary>
          <ul className={styles['examples']}>{preview.examples.map((example) => <li key={`${example.what} ${example.path}`}><span>{example.path}</span><span className={panel['quiet']}>{example.what}</span></li>)}</ul>
        </details>
      )}
    </>
  );
}

function Problem({ wizard }: { readonly wizard: FirstRunControl }) {
  return wizard.problem === null ? null : <p className={styles['problem']}>{wizard.problem}</p>;
}
