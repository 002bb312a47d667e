/** Puts a run back, after saying what that will do with each file. */
import { useEffect, useState } from 'react';
import type { Preview } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import panel from '../../components/panel.module.css';
import { PreviewList } from '../../components/preview-list.tsx';
import { Sheet } from '../../components/sheet.tsx';

export function PutBackSheet({ runId, title, onClose }: { readonly runId: string; readonly title: string; readonly onClose: () => void }) {
  const app = useApp();
  const { client } = app;
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let wanted = true;
    client.call('previewPutBack', { runId }).then((answer) => wanted && setPreview(answer), (reason: unknown) => wanted && setProblem(problemOf(reason).message));
    return () => {
      wanted = false;
    };
  }, [client, runId]);
  const doable = preview === null ? 0 : preview.uploads + preview.conflicts + preview.deletions;
  const putBack = async (): Promise<void> => {
    setBusy(true);
    const answer = await app.act('putBack', { runId }, null);
    setBusy(false);
    if (answer === null) return;
    app.notices.say(say('putBack.done', { count: answer.restored + answer.beside, left: answer.left }), { undo: answer.undo });
    onClose();
    await app.activity.read(app.activity.getState().filter);
  };
  return (
    <Sheet wide title={say('putBack.title')} onClose={onClose} actions={<Button look="primary" disabled={doable === 0 || busy} onClick={() => void putBack()}>{say('putBack.do', { count: doable })}</Button>}>
      <p className={panel['quiet']}>{title}</p>
      {problem !== null && <p>{problem}</p>}
      {preview === null && problem === null && <p className={panel['quiet']}>{say('putBack.looking')}</p>}
      {preview !== null && doable + preview.skipped === 0 && <p>{say('putBack.nothing')}</p>}
      {preview !== null && doable + preview.skipped > 0 && <PreviewList words={say('putBack.will', { count: preview.uploads, beside: preview.conflicts, away: preview.deletions, left: preview.skipped })} preview={preview} total={doable + preview.skipped} />}
    </Sheet>
  );
}
