/** Asks how quickly archived files are to come back: each speed as a card with its time and price, before anything is asked of the place. */
import { useEffect, useState } from 'react';
import type { ThawPlan } from '../../shared/api/contract.ts';
import type { RestoreSpeed } from '../../shared/model/thaw.ts';
import { say } from '../../shared/words/words.ts';
import { useApp } from '../app/app-context.tsx';
import { formatBytes } from '../format/bytes.ts';
import { formatMoney, formatSpan } from '../format/money.ts';
import { Button } from './button.tsx';
import styles from './bring-back-sheet.module.css';
import panel from './panel.module.css';
import { Sheet } from './sheet.tsx';

export function BringBackSheet({ rootId, paths, onClose }: { readonly rootId: string; readonly paths: readonly string[]; readonly onClose: () => void }) {
  const app = useApp();
  const [plan, setPlan] = useState<ThawPlan | null>(null);
  const [speed, setSpeed] = useState<RestoreSpeed>('standard');
  const asked = paths.join('\n');
  useEffect(() => {
    let isCurrent = true;
    void app.act('previewThaw', { rootId, paths: asked.split('\n') }, null).then((answer) => {
      if (isCurrent && answer !== null) setPlan(answer);
    });
    return () => {
      isCurrent = false;
    };
  }, [app, rootId, asked]);
  const start = async (): Promise<void> => {
    const answer = await app.act('startThaw', { rootId, paths: [...paths], speed }, null);
    if (answer === null) return;
    app.notices.say(say('thaw.begun', { count: answer.files }), answer.failed > 0 ? { alert: true } : {});
    onClose();
  };
  const canStart = plan !== null && plan.files > 0;
  return (
    <Sheet title={say('do.thaw')} onClose={onClose} actions={<Button look="primary" disabled={!canStart} onClick={() => void start()}>{say('thaw.start')}</Button>}>
      {plan === null ? <p className={panel['quiet']}>{say('thaw.counting')}</p> : <Choice plan={plan} speed={speed} onChoose={setSpeed} />}
    </Sheet>
  );
}

function Choice({ plan, speed, onChoose }: { readonly plan: ThawPlan; readonly speed: RestoreSpeed; readonly onChoose: (speed: RestoreSpeed) => void }) {
  if (plan.files === 0) return <p>{plan.alreadyComing > 0 ? say('thaw.alreadyComing', { count: plan.alreadyComing }) : say('thaw.nothing')}</p>;
  return (
    <>
      <p>{say('thaw.question', { count: plan.files, bytes: formatBytes(plan.bytes) })}</p>
      <fieldset className={styles['cards']}>
        <legend className="visually-hidden">{say('thaw.speed')}</legend>
        {plan.speeds.map((offer) => (
          <label key={offer.speed} className={styles['card']}>
            <input type="radio" name="speed" value={offer.speed} checked={offer.speed === speed} onChange={() => onChoose(offer.speed)} />
            <span className={styles['word']}>{say(`thaw.speed.${offer.speed}`)}</span>
            <span>{formatSpan(offer.fromMs, offer.toMs)}</span>
            <span className={styles['price']}>{offer.price === null || plan.currency === null ? say('money.unknown') : say('money.about', { amount: formatMoney(offer.price, plan.currency) })}</span>
          </label>
        ))}
      </fieldset>
      <p className={panel['small']}>{plan.pricesDate === null ? say('thaw.estimateNoDate', { days: plan.days }) : say('thaw.estimate', { days: plan.days, date: plan.pricesDate })}</p>
    </>
  );
}
