/** How one gets in: log in, make the first account or one by invitation, set a forgotten password anew. */
import { useState, type FormEvent, type ReactNode } from 'react';
import { say } from '../../shared/words/words.ts';
import { Button } from '../components/button.tsx';
import { Logo } from '../components/strata-mark.tsx';
import styles from './entry-screen.module.css';
import { Field, newPasswordError, NewPasswordField, PasswordField, useSent, type Sent } from './form-parts.tsx';
import { useHub } from './hub-context.tsx';

/** What the link that led here carries in its fragment, which never reaches a server's log. */
export interface Brought { readonly invitation?: string; readonly reset?: string }
type Way = 'logIn' | 'signUp' | 'reset' | 'forgot';

export function EntryScreen({ brought }: { readonly brought: Brought }) {
  const { facts } = useHub();
  const [way, setWay] = useState<Way>(brought.reset !== undefined ? 'reset' : facts.first_account || brought.invitation !== undefined ? 'signUp' : 'logIn');
  const [email, setEmail] = useState('');
  const [said, setSaid] = useState<string | null>(null);
  const done = (text: string): void => {
    setSaid(text);
    setWay('logIn');
  };
  const other = way === 'logIn' ? (facts.sign_up === 'open' || facts.first_account ? say('hub.noAccount') : say('hub.haveInvitation')) : say('hub.haveAccount');
  return (
    <main className={styles['page']}>
      <div className={styles['card']}>
        <div className={styles['brand']}><Logo size={28} /><span>{say('app.name')}</span></div>
        {said !== null && <p className={styles['said']} role="status">{said}</p>}
        {way === 'logIn' && <LogIn email={email} onEmail={setEmail} />}
        {way === 'forgot' && <Forgot email={email} onEmail={setEmail} onDone={() => done(say('hub.forgotDone'))} />}
        {way === 'logIn' && facts.mail && <Button look="link" onClick={() => setWay('forgot')}>{say('hub.forgot')}</Button>}
        {way === 'signUp' && <SignUp email={email} onEmail={setEmail} invitation={brought.invitation ?? ''} onDone={() => done(say('hub.signedUp'))} />}
        {way === 'reset' && <Reset code={brought.reset ?? ''} onDone={() => done(say('hub.resetDone'))} />}
        <Button look="link" onClick={() => {
          setSaid(null);
          setWay(way === 'logIn' ? 'signUp' : 'logIn');
        }}>{other}</Button>
      </div>
    </main>
  );
}

function Form({ title, lead, sent, word, onSubmit, children }: { readonly title: string; readonly lead: string; readonly sent: Sent; readonly word: string; readonly onSubmit: (event: FormEvent) => void; readonly children: ReactNode }) {
  return (
    <form className={styles['form']} onSubmit={onSubmit} onInput={sent.clear} noValidate>
      <h1>{title}</h1>
      <p className={styles['lead']}>{lead}</p>
      {children}
      {sent.error !== null && <p className={styles['error']} role="alert">{sent.error}</p>}
      <Button type="submit" look="primary" disabled={sent.busy} className={styles['submit']}>{sent.busy ? say('hub.working') : word}</Button>
    </form>
  );
}

function LogIn({ email, onEmail }: { readonly email: string; readonly onEmail: (email: string) => void }) {
  const hub = useHub();
  const sent = useSent();
  const [password, setPassword] = useState('');
  return (
    <Form title={say('hub.logIn')} lead={say('hub.logInLead')} sent={sent} word={say('hub.logIn')} onSubmit={(event) => sent.submit(event, email.trim() === '' ? say('hub.asks.email') : password === '' ? say('hub.asks.password') : null, async () => hub.enter(await hub.client.logIn({ email, password })))}>
      <Field label={say('hub.email')} type="email" autoComplete="username" value={email} onValue={onEmail} autoFocus />
      <PasswordField label={say('hub.password')} autoComplete="current-password" value={password} onValue={setPassword} />
    </Form>
  );
}

function Forgot({ email, onEmail, onDone }: { readonly email: string; readonly onEmail: (email: string) => void; readonly onDone: () => void }) {
  const { client } = useHub();
  const sent = useSent();
  return (
    <Form title={say('hub.reset')} lead={say('hub.forgotLead')} sent={sent} word={say('hub.forgotDo')} onSubmit={(event) => sent.submit(event, email.trim() === '' ? say('hub.asks.email') : null, async () => {
      await client.callOpenly('askReset', { email });
      onDone();
    })}>
      <Field label={say('hub.email')} type="email" autoComplete="username" value={email} onValue={onEmail} autoFocus />
    </Form>
  );
}

function SignUp({ email, onEmail, invitation: brought, onDone }: { readonly email: string; readonly onEmail: (email: string) => void; readonly invitation: string; readonly onDone: () => void }) {
  const { client, facts } = useHub();
  const sent = useSent();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [invitation, setInvitation] = useState(brought);
  const asksInvitation = !facts.first_account && (facts.sign_up === 'invite' || brought !== '');
  const problem = (): string | null => {
    if (email.trim() === '') return say('hub.asks.email');
    if ((facts.needs_setup_code && code.trim() === '') || (facts.sign_up === 'invite' && asksInvitation && invitation.trim() === '')) return say('hub.asks.code');
    return newPasswordError(password);
  };
  const lead = facts.first_account ? say('hub.firstLead') : say('hub.signUpLead');
  return (
    <Form title={say('hub.signUp')} lead={lead} sent={sent} word={say('hub.signUp')} onSubmit={(event) => sent.submit(event, problem(), async () => {
      await client.callOpenly('signUp', { email, password, ...(asksInvitation && invitation.trim() !== '' ? { invitation: invitation.trim() } : {}), ...(facts.needs_setup_code ? { setup_code: code.trim() } : {}) });
      onDone();
    })}>
      {facts.needs_setup_code && <Field label={say('hub.setupCode')} hint={say('hub.setupCodeHint')} value={code} onValue={setCode} autoComplete="off" spellCheck={false} />}
      {asksInvitation && <Field label={say('hub.invitation')} hint={say('hub.invitationHint')} value={invitation} onValue={setInvitation} autoComplete="off" spellCheck={false} />}
      <Field label={say('hub.email')} type="email" autoComplete="username" value={email} onValue={onEmail} />
      <NewPasswordField label={say('hub.newPassword')} value={password} onValue={setPassword} known={[email]} />
    </Form>
  );
}

function Reset({ code, onDone }: { readonly code: string; readonly onDone: () => void }) {
  const { client } = useHub();
  const sent = useSent();
  const [password, setPassword] = useState('');
  return (
    <Form title={say('hub.reset')} lead={say('hub.signUpLead')} sent={sent} word={say('hub.reset')} onSubmit={(event) => sent.submit(event, newPasswordError(password), async () => {
      await client.callOpenly('resetPassword', { reset_code: code, new_password: password });
      onDone();
    })}>
      <NewPasswordField label={say('hub.newPassword')} value={password} onValue={setPassword} known={[]} />
    </Form>
  );
}
