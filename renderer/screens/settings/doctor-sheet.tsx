/** What a place can and can't do, each ability a tick or a sentence. */
import { useEffect, useState } from 'react';
import type { Doctor } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp } from '../../app/app-context.tsx';
import { CheckList } from '../../components/check-list.tsx';
import { Sheet } from '../../components/sheet.tsx';

export function DoctorSheet({ rootId, place, onClose }: { readonly rootId: string; readonly place: string; readonly onClose: () => void }) {
  const { client } = useApp();
  const [doctor, setDoctor] = useState<Doctor | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    client.call('readDoctor', { rootId }).then((answer) => {
      if (wanted) setDoctor(answer);
    }, (reason: unknown) => {
      if (wanted) setProblem(problemOf(reason).message);
    });
    return () => {
      wanted = false;
    };
  }, [client, rootId]);
  return (
    <Sheet title={say('settings.doctorTitle', { place })} onClose={onClose}>
      {doctor === null && problem === null && <p>{say('firstRun.testing')}</p>}
      {problem !== null && <p>{problem}</p>}
      {doctor !== null && <CheckList label={say('firstRun.checksPlace')} checks={doctor.checks} />}
    </Sheet>
  );
}
