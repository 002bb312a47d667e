/** Share on my network: whether others reach this computer, where and by which fingerprint, and switching it on and off. */
import { Suspense, useEffect, useRef, useState } from 'react';
import type { OutputOf } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp, useStatus } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';
import styles from './settings.module.css';

const SharingSheet = lazyPart(() => import('./sharing-sheet.tsx').then((module) => ({ default: module.SharingSheet })));
export type SharingFacts = OutputOf<'readSharing'>;
/** The service opens another door meanwhile, so an answer may be missing once or twice. */
const lookAgainMs = 400;
const mostLooks = 40;

export function Sharing() {
  const app = useApp();
  const [facts, setFacts] = useState<SharingFacts | null>(null);
  const [waitsFor, setWaitsFor] = useState<'on' | 'off' | null>(null);
  const [open, setOpen] = useState(false);
  const looks = useRef(0);
  useEffect(() => {
    let wanted = true;
    const look = (): void => void app.client.call('readSharing', {}).then((answer) => {
      if (!wanted) return;
      setFacts(answer);
      if (waitsFor === null || answer.state === waitsFor || answer.problem !== null || (looks.current += 1) > mostLooks) setWaitsFor(null);
      else setTimeout(look, lookAgainMs);
    }, () => {
      if (wanted && waitsFor !== null && (looks.current += 1) <= mostLooks) setTimeout(look, lookAgainMs);
    });
    looks.current = 0;
    // What was asked for begins only after it was answered.
    const first = setTimeout(look, waitsFor === null ? 0 : lookAgainMs);
    return () => {
      wanted = false;
      clearTimeout(first);
    };
  }, [app, waitsFor]);
  const stop = async (): Promise<void> => {
    if (await app.act('stopSharing', {}, say('sharing.stopped')) !== null) setWaitsFor('off');
  };
  if (facts === null) return null;
  return (
    <div className={panel['stack']}>
      <p className={panel['quiet']}>{waitsFor === null ? say(`sharing.is.${facts.state}`) : say(`sharing.turning.${waitsFor}`)}</p>
      {facts.problem !== null && <p>{facts.problem.sentence}</p>}
      {facts.state !== 'off' && <Reached facts={facts} />}
      <SharingButtons facts={facts} busy={waitsFor !== null} onOpen={() => setOpen(true)} onStop={() => void stop()} />
      <Suspense fallback={null}>
        {open && <SharingSheet facts={facts} onClose={() => setOpen(false)} onStarted={() => {
          setOpen(false);
          setWaitsFor('on');
        }} />}
      </Suspense>
    </div>
  );
}

function Reached({ facts }: { readonly facts: SharingFacts }) {
  return (
    <dl className={styles['facts']}>
      {facts.addresses.length > 0 && <><dt>{say('sharing.addresses')}</dt><dd className={panel['break']}>{facts.addresses.filter((address) => !address.includes('//127.')).map((address) => <div key={address}>{address}</div>)}</dd></>}
      {facts.ownerEmail !== null && <><dt>{say('sharing.owner')}</dt><dd className={panel['break']}>{facts.ownerEmail}</dd></>}
      {facts.fingerprint !== null && <><dt>{say('sharing.fingerprint')}</dt><dd className={panel['break']}><code>{facts.fingerprint}</code></dd></>}
    </dl>
  );
}

function SharingButtons({ facts, busy, onOpen, onStop }: { readonly facts: SharingFacts; readonly busy: boolean; readonly onOpen: () => void; readonly onStop: () => void }) {
  const roots = useStatus((state) => state.status?.roots.length ?? 0);
  if (facts.state === 'environment') return null;
  if (facts.state === 'on') {
    return (
      <>
        <p className={panel['small']}>{say(facts.certificate.kind === 'generated' ? 'sharing.compare' : 'sharing.ownFiles')}</p>
        <div className={panel['row']}><Button disabled={busy} onClick={onStop}>{say('sharing.stop')}</Button><Button disabled={busy} onClick={onOpen}>{say('sharing.change')}</Button></div>
      </>
    );
  }
  if (roots === 0) return <p className={panel['small']}>{say('sharing.needsFolder')}</p>;
  return <div><Button disabled={busy} onClick={onOpen}>{say('sharing.start')}</Button></div>;
}
