/** What somebody without an account sees behind a share link: a file or a folder to download, or a place to put files; after its password where it has one. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { Download, File as FileIcon, Upload as UploadIcon } from 'lucide-react';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState, type FormEvent } from 'react';
import type { Root } from 'react-dom/client';
import { useStore } from 'zustand';
import type { OutputOf } from '../../shared/api/contract.ts';
import { leastPartBytes } from '../../shared/upload-parts.ts';
import { noRules } from '../../shared/upload-rules.ts';
import { say } from '../../shared/words/words.ts';
import { problemOf } from '../api/client.ts';
import { makeHubClient, type HubClient, type Sending } from '../api/hub-client.ts';
import { Button } from '../components/button.tsx';
import { CutName } from '../components/cut-name.tsx';
import { lazyPart, PartBoundary } from '../components/lazy-part.tsx';
import panelStyles from '../components/panel.module.css';
import { Logo } from '../components/strata-mark.tsx';
import { formatBytes } from '../format/bytes.ts';
import { plainName } from '../format/middle-cut.ts';
import { formatExactly } from '../format/time.ts';
import entryStyles from './entry-screen.module.css';
import { PasswordField } from './form-parts.tsx';
import styles from './lines.module.css';
import { pickedFromField } from './picked-files.ts';
import { makeUploadStore } from './upload-store.ts';

const FilePreview = lazyPart(() => import('./file-preview.tsx').then((module) => ({ default: module.FilePreview })));

/** Nobody is logged in here: no session is kept and none is asked for. */
export function startPublicLink(root: Root, token: string): void {
  const shelf = { read: () => null, keep: () => undefined, forget: () => undefined, alone: async <T,>(job: () => Promise<T>) => await job() };
  const client = makeHubClient({ address: window.location.origin, fetch: window.fetch.bind(window), shelf, cookies: false, askToLogIn: () => Promise.resolve(false) });
  root.render(<CSPProvider disableStyleElements><PartBoundary><PublicLink client={client} token={token} /></PartBoundary></CSPProvider>);
}

type Facts = OutputOf<'readShare'>;
type Found = { readonly kind: 'open'; readonly facts: Facts } | { readonly kind: 'locked' | 'gone' | 'asking' } | { readonly kind: 'problem'; readonly sentence: string };

export function PublicLink({ client, token }: { readonly client: HubClient; readonly token: string }) {
  const [grant, setGrant] = useState<string | undefined>(undefined);
  const [found, setFound] = useState<Found>({ kind: 'asking' });
  useEffect(() => {
    let wanted = true;
    client.call('readShare', { token, ...(grant === undefined ? {} : { grant }) }).then((facts): Found => ({ kind: 'open', facts }), (reason: unknown): Found => {
      const problem = problemOf(reason);
      if (problem.code === 'SHARE_LOCKED') return { kind: 'locked' };
      return problem.status === 404 || problem.status === 400 ? { kind: 'gone' } : { kind: 'problem', sentence: problem.noAnswer ? say('hub.noAnswer') : problem.message };
    }).then((answer) => {
      if (wanted) setFound(answer);
    }, () => undefined);
    return () => {
      wanted = false;
    };
  }, [client, token, grant]);
  return (
    <main className={entryStyles['page']}>
      <div className={entryStyles['card']}>
        <div className={entryStyles['brand']}><Logo size={28} /><span>{say('app.name')}</span></div>
        {found.kind === 'open' ? <h1 className={panelStyles['break']}>{found.facts.name === '' ? say('hub.public.title') : plainName(found.facts.name)}</h1> : <h1>{say('hub.public.title')}</h1>}
        {found.kind === 'gone' && <p>{say('hub.public.gone')}</p>}
        {found.kind === 'problem' && <p role="alert">{found.sentence}</p>}
        {found.kind === 'locked' && <Unlock client={client} token={token} onGrant={setGrant} />}
        {found.kind === 'open' && <Opened client={client} token={token} grant={grant} facts={found.facts} />}
      </div>
    </main>
  );
}

function Unlock({ client, token, onGrant }: { readonly client: HubClient; readonly token: string; readonly onGrant: (grant: string) => void }) {
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const unlock = (event: FormEvent): void => {
    event.preventDefault();
    client.callOpenly('unlockShare', { token, password }).then(({ grant }) => onGrant(grant), (reason: unknown) => setError(problemOf(reason).message));
  };
  return (
    <form className={entryStyles['form']} noValidate onSubmit={unlock}>
      <p className={entryStyles['lead']}>{say('hub.public.locked')}</p>
      <PasswordField label={say('hub.share.password')} value={password} onValue={setPassword} error={error} autoFocus autoComplete="off" />
      <Button type="submit" look="primary" className={entryStyles['submit']}>{say('hub.public.open')}</Button>
    </form>
  );
}

interface OpenedProps { readonly client: HubClient; readonly token: string; readonly grant: string | undefined; readonly facts: Facts }

function Opened({ client, token, grant, facts }: OpenedProps) {
  const until = facts.expires_at === null ? null : <p className={panelStyles['small']}>{say('hub.public.until', { when: formatExactly(Date.parse(facts.expires_at)) })}</p>;
  if (facts.mode === 'upload') return <><PutFiles client={client} token={token} grant={grant} facts={facts} />{until}</>;
  if (facts.kind === 'folder') return <><SharedFiles client={client} token={token} grant={grant} facts={facts} />{until}</>;
  return (
    <>
      {facts.file_size !== null && <p className={panelStyles['quiet']}>{formatBytes(facts.file_size)}</p>}
      {facts.may_preview && <Look client={client} path={downloadPath(token, grant)} file={{ filename: facts.name, file_size: facts.file_size ?? 0, content_type: facts.content_type ?? '' }} />}
      <Button look="primary" className={entryStyles['submit']} onClick={() => openDownload(token, grant)}><Download size={16} aria-hidden="true" />{say('do.download')}</Button>
      {until}
    </>
  );
}

function downloadPath(token: string, grant: string | undefined, path?: string): string {
  const query = new URLSearchParams({ ...(grant === undefined ? {} : { grant }), ...(path === undefined ? {} : { path }) }).toString();
  return `/files/public/${token}/download${query === '' ? '' : `?${query}`}`;
}
function openDownload(token: string, grant: string | undefined, path?: string): void {
  const link = document.createElement('a');
  link.href = `/api/v1${downloadPath(token, grant, path)}`;
  link.download = '';
  link.click();
}

/** Only when asked for: every look is noted for whoever shares. */
function Look({ client, path, file }: { readonly client: HubClient; readonly path: string; readonly file: { readonly filename: string; readonly file_size: number; readonly content_type: string } }) {
  const [open, setOpen] = useState(false);
  // The link is in the path itself, so a player needs nothing else.
  const mediaUrl = useCallback(() => Promise.resolve(`/api/v1${path}`), [path]);
  return (
    <>
      <Button aria-expanded={open} aria-label={`${say(open ? 'hub.public.hide' : 'hub.public.show')} ${file.filename}`} onClick={() => setOpen(!open)}>{say(open ? 'hub.public.hide' : 'hub.public.show')}</Button>
      {open && <PartBoundary quiet><Suspense fallback={null}><FilePreview client={client} file={{ name: file.filename, type: file.content_type, bytes: file.file_size, path, mediaUrl }} /></Suspense></PartBoundary>}
    </>
  );
}

function SharedFiles({ client, token, grant, facts }: OpenedProps) {
  const [list, setList] = useState<OutputOf<'listShared'> | null>(null);
  const read = useCallback((cursor?: string) => client.call('listShared', { token, ...(grant === undefined ? {} : { grant }), ...(cursor === undefined ? {} : { cursor }), limit: 200 }), [client, token, grant]);
  useEffect(() => {
    read().then(setList, () => undefined);
  }, [read]);
  const more = (): void => {
    const cursor = list?.next_cursor;
    if (cursor !== null && cursor !== undefined) read(cursor).then((next) => setList({ files: [...(list?.files ?? []), ...next.files], next_cursor: next.next_cursor }), () => undefined);
  };
  if (list?.files.length === 0) return <p className={panelStyles['quiet']}>{say('hub.public.none')}</p>;
  return (
    <>
      <ul className={styles['lines']} aria-label={say('hub.public.files', { name: facts.name })}>
        {list?.files.map((file) => (
          <li key={file.path} className={styles['line']}>
            <div className={styles['what']}><span className={panelStyles['row']}><FileIcon size={16} aria-hidden="true" /><CutName name={file.filename} title={file.path} /></span><span className={panelStyles['small']}>{formatBytes(file.file_size)}</span></div>
            {facts.may_preview && <Look client={client} path={downloadPath(token, grant, file.path)} file={file} />}
            <Button onClick={() => openDownload(token, grant, file.path)} aria-label={`${say('do.download')} ${file.filename}`}>{say('do.download')}</Button>
          </li>
        ))}
      </ul>
      {list?.next_cursor != null && <Button onClick={more}>{say('do.showMore')}</Button>}
    </>
  );
}

async function sendByLink(client: HubClient, sending: Sending, token: string, grant: string | undefined): Promise<void> {
  const query = grant === undefined ? '' : `?grant=${encodeURIComponent(grant)}`;
  if (sending.file.size <= leastPartBytes) return client.sendForm(sending, `/files/public/${token}/upload${query}`);
  const { sendResumably } = await import('./resume.ts');
  await sendResumably(client, sending, { endpoint: `${window.location.origin}/api/v1/files/public/${token}/uploads${query}`, whose: `link ${token}`, read: (upload_id) => client.call('readSharedUpload', { token, upload_id }), begun: () => Promise.resolve(null) });
}

function PutFiles({ client, token, grant, facts }: OpenedProps) {
  const field = useRef<HTMLInputElement>(null);
  const uploads = useMemo(() => makeUploadStore({
    send: (sending) => sendByLink(client, { ...sending, folder: '' }, token, grant),
    rules: () => Promise.resolve(noRules), mostBytes: null, onStored: () => undefined, now: () => Date.now(),
  }), [client, token, grant]);
  const list = useStore(uploads, (state) => state.uploads);
  return (
    <>
      <p className={entryStyles['lead']}>{say('hub.public.put', { name: facts.name })}</p>
      <input ref={field} type="file" multiple hidden aria-label={say('hub.files.upload')} onChange={(event) => {
        if (event.currentTarget.files !== null) uploads.add(pickedFromField(event.currentTarget.files), '');
        event.currentTarget.value = '';
      }} />
      <Button look="primary" className={entryStyles['submit']} onClick={() => field.current?.click()}><UploadIcon size={16} aria-hidden="true" />{say('hub.files.upload')}</Button>
      <ul className={styles['lines']} role="status">
        {list.map((upload) => (
          <li key={upload.id} className={styles['line']}>
            <div className={styles['what']}><CutName name={upload.name} /><span className={panelStyles['small']}>{upload.state === 'sending' ? say('hub.upload.sending', { percent: Math.floor((upload.sentBytes / Math.max(1, upload.bytes)) * 99) }) : upload.state === 'stored' ? say('hub.upload.stored') : upload.state === 'waiting' ? say('hub.upload.waiting') : upload.sentence ?? say('hub.upload.failedOne')}</span></div>
            {upload.state === 'failed' && <Button onClick={() => uploads.retry(upload.id)}>{say('hub.upload.retry')}</Button>}
          </li>
        ))}
      </ul>
    </>
  );
}
