/** The rules of what leaves this computer by itself, with what they would take shown while they are changed; nothing happens before Save. */
import { useEffect, useId, useState } from 'react';
import type { OutputOf } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { CutName } from '../../components/cut-name.tsx';
import field from '../../components/field.module.css';
import panel from '../../components/panel.module.css';
import { Sheet } from '../../components/sheet.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { formatWhen } from '../../format/time.ts';
import styles from './storage-screen.module.css';

type Rules = OutputOf<'readRoom'>['rules'];
type Preview = OutputOf<'previewRoom'>;
const gigabyte = 1_000_000_000;
const stillMs = 400;

export function RoomSheet({ rootId, rules, onClose }: { readonly rootId: string; readonly rules: Rules; readonly onClose: (changed: OutputOf<'writeRoom'> | null) => void }) {
  const app = useApp();
  const id = useId();
  const [draft, setDraft] = useState(rules);
  const preview = usePreview(rootId, draft);
  const save = async (): Promise<void> => {
    const changed = await app.act('writeRoom', { rootId, rules: draft }, say('room.saved'));
    if (changed !== null) onClose(changed);
  };
  return (
    <Sheet wide title={say('room.title')} onClose={() => onClose(null)} actions={<Button look="primary" type="submit" form={id}>{say('rules.save')}</Button>}>
      <form id={id} className={panel['stack']} onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}>
        <p className={field['hint']}>{say('room.hint')}</p>
        <label className={field['check']}><input type="checkbox" checked={draft.unusedDays !== null} onChange={(event) => setDraft({ ...draft, unusedDays: event.currentTarget.checked ? 90 : null })} />{say('room.byUse')}</label>
        {draft.unusedDays !== null && <NumberOf label={say('room.days')} value={draft.unusedDays} min={1} step={1} onChange={(value) => setDraft({ ...draft, unusedDays: Math.max(1, Math.round(value)) })} />}
        <label className={field['check']}><input type="checkbox" checked={draft.keepFreeBytes !== null} onChange={(event) => setDraft({ ...draft, keepFreeBytes: event.currentTarget.checked ? 20 * gigabyte : null })} />{say('room.byFree')}</label>
        {draft.keepFreeBytes !== null && <NumberOf label={say('room.gigabytes')} value={draft.keepFreeBytes / gigabyte} min={0} step={0.1} onChange={(value) => setDraft({ ...draft, keepFreeBytes: Math.max(0, value * gigabyte) })} />}
      </form>
      <p>{previewText(preview)}</p>
      {preview !== null && preview.examples.length > 0 && (
        <div className={styles['scroll']} role="group" aria-label={say('room.examples')} tabIndex={0}>
          <table className={styles['table']}>
            <thead><tr><th scope="col">{say('thaw.file')}</th><th scope="col">{say('storage.bytes')}</th><th scope="col">{say('room.used')}</th></tr></thead>
            <tbody>{preview.examples.map((one) => <tr key={one.path}><th scope="row" className={styles['name']}><CutName name={one.path} /></th><td>{formatBytes(one.sizeBytes)}</td><td>{formatWhen(one.usedMs, app.now())}</td></tr>)}</tbody>
          </table>
        </div>
      )}
    </Sheet>
  );
}

function NumberOf({ label, value, min, step, onChange }: { readonly label: string; readonly value: number; readonly min: number; readonly step: number; readonly onChange: (value: number) => void }) {
  return <label className={field['field']}><span className={field['label']}>{label}</span><input className={`${field['input'] ?? ''} ${field['number'] ?? ''}`} type="number" min={min} step={step} value={value} onChange={(event) => onChange(Number(event.currentTarget.value))} /></label>;
}

function previewText(preview: Preview | null): string {
  if (preview === null) return say('chosen.counting');
  const { unusedFiles, unusedBytes, fullFiles, fullBytes, missingBytes } = preview;
  const parts = [
    ...(unusedFiles > 0 ? [say('room.takesUnused', { count: unusedFiles, bytes: formatBytes(unusedBytes) })] : []),
    ...(fullFiles > 0 ? [say('room.takesFull', { count: fullFiles, bytes: formatBytes(fullBytes) })] : []),
    ...(missingBytes > 0 ? [say('room.missing', { bytes: formatBytes(missingBytes) })] : []),
  ];
  return parts.length === 0 ? say('room.takesNothing') : parts.join(' ');
}

function usePreview(rootId: string, rules: Rules): Preview | null {
  const { client } = useApp();
  const [preview, setPreview] = useState<Preview | null>(null);
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => {
      client.call('previewRoom', { rootId, rules }).then((answer) => {
        if (wanted) setPreview(answer);
      }, () => {
        if (wanted) setPreview(null);
      });
    }, stillMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, rootId, rules]);
  return preview;
}
