/** Which folders of a library this computer keeps, with what another choice would take off it and bring down; nothing changes before the button. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { OutputOf } from '../../../shared/api/contract.ts';
import type { FolderChoice } from '../../../shared/model/chosen-folders.ts';
import { say } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { FolderChoiceTree, type ChoiceFolder } from '../../components/folder-choice.tsx';
import panel from '../../components/panel.module.css';
import { Sheet } from '../../components/sheet.tsx';
import { formatBytes } from '../../format/bytes.ts';

type Change = OutputOf<'previewChosen'>;
/** The service may count every file for a preview: it is asked when the hands are still. */
const stillMs = 300;

export function ChosenSheet({ rootId, name, onClose }: { readonly rootId: string; readonly name: string; readonly onClose: () => void }) {
  const app = useApp();
  const [folders, setFolders] = useState<Readonly<Record<string, readonly ChoiceFolder[]>>>({});
  const [choices, setChoices] = useState<readonly FolderChoice[] | null>(null);
  const [isLeaving, setLeaving] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const asked = useRef(new Set<string>());
  const look = useCallback((folder: string): void => {
    if (asked.current.has(folder)) return;
    asked.current.add(folder);
    app.client.call('readChosen', { rootId, folder }).then((answer) => {
      setFolders((before) => ({ ...before, [folder]: answer.folders }));
      setChoices((before) => before ?? answer.choices);
      setLeaving(answer.isLeaving);
    }, (reason: unknown) => setProblem(problemOf(reason).message));
  }, [app, rootId]);
  useEffect(() => look(''), [look]);
  const change = useChange(rootId, choices);
  const save = async (): Promise<void> => {
    if (choices !== null && await app.act('writeChosen', { rootId, choices: [...choices] }, say('chosen.saved')) !== null) onClose();
  };
  return (
    <Sheet wide title={say('chosen.title', { name })} onClose={onClose} actions={<Button look="primary" disabled={choices === null} onClick={() => void save()}>{say('chosen.save')}</Button>}>
      <div className={panel['stack']}>
        <p className={panel['quiet']}>{say('chosen.hint')}</p>
        {problem !== null && <p>{problem}</p>}
        {isLeaving && <p>{say('chosen.leaving')}</p>}
        {choices !== null && <FolderChoiceTree choices={choices} onChange={setChoices} inside={(folder) => folders[folder]} onOpen={look} />}
        <p>{choices === null ? '' : changeText(change)}</p>
      </div>
    </Sheet>
  );
}

export function changeText(change: Change | null): string {
  if (change === null) return say('chosen.counting');
  if (change.leaveFiles === 0 && change.comeFiles === 0) return say('chosen.nothing');
  return [
    ...(change.leaveFiles > 0 ? [say('chosen.leaves', { count: change.leaveFiles, bytes: formatBytes(change.leaveBytes) })] : []),
    ...(change.comeFiles > 0 ? [say('chosen.comes', { count: change.comeFiles, bytes: formatBytes(change.comeBytes) })] : []),
  ].join(' ');
}

function useChange(rootId: string, choices: readonly FolderChoice[] | null): Change | null {
  const { client } = useApp();
  const [change, setChange] = useState<Change | null>(null);
  useEffect(() => {
    if (choices === null) return;
    let wanted = true;
    const timer = setTimeout(() => {
      client.call('previewChosen', { rootId, choices: [...choices] }).then((answer) => {
        if (wanted) setChange(answer);
      }, () => {
        if (wanted) setChange(null);
      });
    }, stillMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, rootId, choices]);
  return change;
}
