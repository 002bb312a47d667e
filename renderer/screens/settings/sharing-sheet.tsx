/** What sharing needs to know: whose it is, which folder is theirs, where members' files go, and the certificate. */
import { useId, useState } from 'react';
import { say } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp, useStatus } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import field from '../../components/field.module.css';
import panel from '../../components/panel.module.css';
import { Sheet } from '../../components/sheet.tsx';
import { Field, newPasswordError, NewPasswordField } from '../../hub/form-parts.tsx';
import type { SharingFacts } from './sharing.tsx';

interface Wish { readonly email: string; readonly password: string; readonly rootId: string; readonly membersPlace: string; readonly port: string; readonly ownFiles: boolean; readonly certificateFile: string; readonly keyFile: string }

export function SharingSheet({ facts, onClose, onStarted }: { readonly facts: SharingFacts; readonly onClose: () => void; readonly onStarted: () => void }) {
  const app = useApp();
  const id = useId();
  const roots = useStatus((state) => state.status?.roots) ?? [];
  const { certificate } = facts;
  const [wish, setWish] = useState<Wish>({
    email: facts.ownerEmail ?? '', password: '', rootId: facts.rootId ?? roots[0]?.id ?? '', membersPlace: facts.membersPlace ?? '', port: String(facts.port),
    ownFiles: certificate.kind === 'files', certificateFile: certificate.kind === 'files' ? certificate.certificateFile : '', keyFile: certificate.kind === 'files' ? certificate.keyFile : '',
  });
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<Wish>): void => {
    setWish((before) => ({ ...before, ...part }));
    // What was mended must not go on being blamed.
    setProblem(null);
  };
  const isKnown = facts.ownerEmail !== null && facts.ownerEmail === wish.email.trim().toLowerCase();
  const start = async (): Promise<void> => {
    const wrong = wish.email.trim() === '' ? say('hub.asks.email') : isKnown ? null : newPasswordError(wish.password);
    setProblem(wrong);
    if (wrong !== null || busy) return;
    setBusy(true);
    try {
      await app.client.call('startSharing', {
        rootId: wish.rootId, ...(isKnown ? {} : { email: wish.email.trim(), password: wish.password }), ...(wish.membersPlace.trim() === '' ? {} : { membersPlace: wish.membersPlace.trim() }),
        port: Number(wish.port), certificate: wish.ownFiles ? { kind: 'files', certificateFile: wish.certificateFile.trim(), keyFile: wish.keyFile.trim() } : { kind: 'generated' },
      });
      onStarted();
    } catch (reason) {
      setProblem(problemOf(reason).message);
      setBusy(false);
    }
  };
  const given = (name: 'email' | 'password' | 'membersPlace' | 'port' | 'certificateFile' | 'keyFile', label: string) => ({ label, value: wish[name], onValue: (value: string) => change({ [name]: value }), spellCheck: false, autoComplete: 'off' });
  return (
    <Sheet title={say('sharing.title')} onClose={onClose} actions={<Button look="primary" type="submit" form={id} disabled={busy}>{busy ? say('hub.working') : say(facts.state === 'on' ? 'sharing.save' : 'sharing.do')}</Button>}>
      <form id={id} className={panel['stack']} noValidate onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}>
        <Field {...given('email', say('sharing.email'))} type="email" autoComplete="username" hint={say('sharing.emailHint')} />
        {!isKnown && <NewPasswordField {...given('password', say('sharing.password'))} known={[wish.email]} />}
        <div className={field['field']}>
          <label className={field['label']} htmlFor={`${id}-root`}>{say('sharing.folder')}</label>
          <div><select id={`${id}-root`} className={field['select']} value={wish.rootId} aria-describedby={`${id}-root-hint`} onChange={(event) => change({ rootId: event.currentTarget.value })}>{roots.map((root) => <option key={root.id} value={root.id}>{root.name}</option>)}</select></div>
          <p id={`${id}-root-hint`} className={field['hint']}>{say('sharing.folderHint')}</p>
        </div>
        <Field {...given('membersPlace', say('sharing.membersPlace'))} hint={say('sharing.membersPlaceHint')} />
        <Field {...given('port', say('sharing.port'))} inputMode="numeric" />
        <label className={field['check']}><input type="checkbox" checked={wish.ownFiles} onChange={(event) => change({ ownFiles: event.currentTarget.checked })} />{say('sharing.ownCertificate')}</label>
        {wish.ownFiles && <><Field {...given('certificateFile', say('sharing.certificateFile'))} /><Field {...given('keyFile', say('sharing.keyFile'))} /></>}
        {problem !== null && <p className={field['error']} role="alert">{problem}</p>}
      </form>
    </Sheet>
  );
}
