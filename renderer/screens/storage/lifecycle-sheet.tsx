/** What a bucket does by itself: its rules in words, the files of this library that they touch, and Strata's own ones, written only after the change was shown. */
import { useEffect, useId, useState } from 'react';
import type { OutputOf } from '../../../shared/api/contract.ts';
import type { OwnLifecycle } from '../../../shared/model/lifecycle.ts';
import { storageClasses } from '../../../shared/model/storage-classes.ts';
import { say } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import field from '../../components/field.module.css';
import panel from '../../components/panel.module.css';
import { Sheet } from '../../components/sheet.tsx';
import { changesOf, ruleText, touchesText } from './lifecycle-words.ts';
import styles from './rules-sheet.module.css';

type Lifecycle = OutputOf<'readLifecycle'>;
const nothing: OwnLifecycle = { archive: null, abortUploadsAfterDays: null };

export function LifecycleSheet({ rootId, side, place, onClose }: { readonly rootId: string; readonly side: 'warm' | 'cold'; readonly place: string; readonly onClose: () => void }) {
  const app = useApp();
  const id = useId();
  const [known, setKnown] = useState<Lifecycle | null>(null);
  const [draft, setDraft] = useState<OwnLifecycle>(nothing);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    app.client.call('readLifecycle', { rootId, side }).then((answer) => {
      if (!wanted) return;
      setKnown(answer);
      setDraft(answer.own);
    }, (reason: unknown) => {
      if (wanted) setProblem(problemOf(reason).message);
    });
    return () => {
      wanted = false;
    };
  }, [app, rootId, side]);
  const changes = known === null ? [] : changesOf(known.own, draft);
  const save = async (): Promise<void> => {
    if (known === null) return;
    setProblem(null);
    try {
      const answer = await app.client.call('writeLifecycle', { rootId, side, own: draft, version: known.version });
      setKnown(answer);
      setDraft(answer.own);
      app.notices.say(say('lifecycle.saved'));
    } catch (reason) {
      setProblem(problemOf(reason).message);
    }
  };
  const others = known?.rules.filter((rule) => !rule.isOurs).length ?? 0;
  return (
    <Sheet wide title={say('lifecycle.title', { place })} onClose={onClose} closeWord={say('do.close')} actions={known === null ? null : <Button look="primary" type="submit" form={id} disabled={changes.length === 0}>{say('lifecycle.save')}</Button>}>
      <div className={panel['stack']}>
        {known === null && problem === null && <p className={panel['quiet']}>{say('lifecycle.asking')}</p>}
        {known !== null && known.rules.length === 0 && <p>{say('lifecycle.none')}</p>}
        {known !== null && known.rules.length > 0 && (
          <ul className={styles['rules']}>
            {known.rules.map((rule) => (
              <li key={rule.id}>
                <p>{ruleText(rule)}</p>
                <p className={panel['small']}>{say(rule.isOurs ? 'lifecycle.ours' : 'lifecycle.theirs')} {touchesText(rule)}</p>
              </li>
            ))}
          </ul>
        )}
        {known !== null && <OwnFields id={id} draft={draft} onChange={setDraft} onSave={() => void save()} />}
        {changes.length > 0 && <div className={styles['preview']}>{changes.map((line) => <p key={line}>{line}</p>)}<p>{say('lifecycle.othersStay', { count: others })}</p></div>}
        {problem !== null && <p className={field['error']}>{problem}</p>}
      </div>
    </Sheet>
  );
}

function OwnFields({ id, draft, onChange, onSave }: { readonly id: string; readonly draft: OwnLifecycle; readonly onChange: (draft: OwnLifecycle) => void; readonly onSave: () => void }) {
  const { archive, abortUploadsAfterDays } = draft;
  const setArchive = (change: Partial<NonNullable<OwnLifecycle['archive']>>): void => onChange({ ...draft, archive: { folder: '', afterDays: 180, storageClass: 'GLACIER', ...archive, ...change } });
  return (
    <form id={id} className={panel['stack']} onSubmit={(event) => {
      event.preventDefault();
      onSave();
    }}>
      <label className={field['check']}><input type="checkbox" checked={archive !== null} onChange={(event) => (event.currentTarget.checked ? setArchive({}) : onChange({ ...draft, archive: null }))} />{say('lifecycle.archive')}</label>
      {archive !== null && (
        <div className={styles['rule']}>
          <label className={field['field']}><span className={field['label']}>{say('rules.folder')}</span><input className={field['input']} placeholder={say('rules.everywhere')} value={archive.folder} onChange={(event) => setArchive({ folder: event.currentTarget.value.replace(/^\/+/, '') })} /></label>
          <label className={field['field']}><span className={field['label']}>{say('lifecycle.days')}</span><input className={field['input']} type="number" min={1} max={36_500} value={archive.afterDays} onChange={(event) => setArchive({ afterDays: Math.max(1, Math.round(Number(event.currentTarget.value))) })} /></label>
          <label className={field['field']}><span className={field['label']}>{say('cost.class')}</span>
            <select className={field['select']} value={archive.storageClass} onChange={(event) => setArchive({ storageClass: storageClasses.find((name) => name === event.currentTarget.value) ?? 'GLACIER' })}>{storageClasses.filter((name) => name !== 'STANDARD').map((name) => <option key={name}>{name}</option>)}</select></label>
        </div>
      )}
      <label className={field['check']}><input type="checkbox" checked={abortUploadsAfterDays !== null} onChange={(event) => onChange({ ...draft, abortUploadsAfterDays: event.currentTarget.checked ? 7 : null })} />{say('lifecycle.abortUploads')}</label>
      {abortUploadsAfterDays !== null && <label className={field['field']}><span className={field['label']}>{say('lifecycle.days')}</span><input className={`${field['input'] ?? ''} ${field['number'] ?? ''}`} type="number" min={1} max={365} value={abortUploadsAfterDays} onChange={(event) => onChange({ ...draft, abortUploadsAfterDays: Math.max(1, Math.round(Number(event.currentTarget.value))) })} /></label>}
    </form>
  );
}
