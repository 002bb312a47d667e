/** What sharing needs to know: whose it is, which folder is theirs, where members' files go, and the certificate. */
import { useId, useState } from 'react';
import { passwordProblem, passwordSentences } from '../../../shared/password-rules.ts';
import { say } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp, useStatus } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import field from '../../components/field.module.css';
import { Sheet } from '../../components/sheet.tsx';
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
  const change = (part: Partial<Wish>): void => setWish((before) => ({ ...before, ...part }));
  const isKnown = facts.ownerEmail !== null && facts.ownerEmail === wish.email.trim().toLowerCase();
  const start = async (): Promise<void> => {
    const wrong = isKnown ? null : passwordProblem(wish.password);
    setProblem(wrong === null ? null : passwordSentences[wrong]);
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
  const text = (name: 'email' | 'password' | 'membersPlace' | 'port' | 'certificateFile' | 'keyFile', label: string, more: { readonly hint?: string; readonly type?: string; readonly autoComplete?: string } = {}) => (
    <div className={field['field']}>
      <label className={field['label']} htmlFor={`${id}-${name}`}>{label}</label>
      <input id={`${id}-${name}`} className={field['input']} type={more.type ?? 'text'} autoComplete={more.autoComplete ?? 'off'} spellCheck={false} value={wish[name]} onChange={(event) => change({ [name]: event.currentTarget.value })} {...(more.hint === undefined ? {} : { 'aria-describedby': `${id}-${name}-hint` })} />
      {more.hint !== undefined && <p id={`${id}-${name}-hint`} className={field['hint']}>{more.hint}</p>}
    </div>
  );
  return (
    <Sheet title={say('sharing.title')} onClose={onClose} actions={<Button look="primary" type="submit" form={id} disabled={busy}>{say('sharing.start')}</Button>}>
      <form id={id} className={field['field']} onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}>
        {text('email', say('sharing.email'), { type: 'email', autoComplete: 'username', hint: say('sharing.emailHint') })}
        {!isKnown && text('password', say('sharing.password'), { type: 'password', autoComplete: 'new-password' })}
        <div className={field['field']}>
          <label className={field['label']} htmlFor={`${id}-root`}>{say('sharing.folder')}</label>
          <div><select id={`${id}-root`} className={field['select']} value={wish.rootId} aria-describedby={`${id}-root-hint`} onChange={(event) => change({ rootId: event.currentTarget.value })}>{roots.map((root) => <option key={root.id} value={root.id}>{root.name}</option>)}</select></div>
          <p id={`${id}-root-hint`} className={field['hint']}>{say('sharing.folderHint')}</p>
        </div>
        {text('membersPlace', say('sharing.membersPlace'), { hint: say('sharing.membersPlaceHint') })}
        {text('port', say('sharing.port'))}
        <label className={field['check']}><input type="checkbox" checked={wish.ownFiles} onChange={(event) => change({ ownFiles: event.currentTarget.checked })} />{say('sharing.ownCertificate')}</label>
        {wish.ownFiles && <>{text('certificateFile', say('sharing.certificateFile'))}{text('keyFile', say('sharing.keyFile'))}</>}
        {problem !== null && <p className={field['error']} role="alert">{problem}</p>}
      </form>
    </Sheet>
  );
}
