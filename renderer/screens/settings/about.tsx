/** Version, licence, where the records are, and the report for whoever helps. */
import { useEffect, useState } from 'react';
import type { OutputOf } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import panel from '../../components/panel.module.css';
import { saveReport } from '../../components/save-report.ts';
import styles from './settings.module.css';

export function About() {
  const app = useApp();
  const [about, setAbout] = useState<OutputOf<'readAbout'> | null>(null);
  useEffect(() => {
    let wanted = true;
    app.client.call('readAbout', {}).then((answer) => {
      if (wanted) setAbout(answer);
    }, () => undefined);
    return () => {
      wanted = false;
    };
  }, [app]);
  return (
    <div className={panel['stack']}>
      {about !== null && (
        <dl className={styles['facts']}>
          <dt>{say('settings.version')}</dt><dd>{about.version}</dd>
          <dt>{say('settings.licence')}</dt><dd>{about.licence}</dd>
          {about.electron !== null && <><dt>{say('settings.electron')}</dt><dd>{about.electron}</dd></>}
          <dt>{say('settings.node')}</dt><dd>{about.node}</dd>
          <dt>{say('settings.dataDir')}</dt><dd className={panel['break']}>{about.dataDir}</dd>
        </dl>
      )}
      <div className={panel['row']}><Button onClick={() => void saveReport(app)}>{say('settings.report')}</Button><span className={panel['small']}>{say('settings.reportHint')}</span></div>
    </div>
  );
}
