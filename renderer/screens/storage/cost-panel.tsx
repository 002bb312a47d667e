/** What a place costs a month, as an estimate with its formula and the day of its prices; where none are known, they can be entered. */
import { Suspense, useId, useState } from 'react';
import type { Cost } from '../../../shared/api/contract.ts';
import type { PriceTable } from '../../../shared/api/prices.ts';
import { storageClasses, type StorageClass } from '../../../shared/model/storage-classes.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import field from '../../components/field.module.css';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';
import { Sheet } from '../../components/sheet.tsx';
import { formatBytes, formatCount } from '../../format/bytes.ts';
import { formatMoney, formatUnitPrice } from '../../format/money.ts';
import styles from './storage-screen.module.css';

const LifecycleSheet = lazyPart(() => import('./lifecycle-sheet.tsx').then((module) => ({ default: module.LifecycleSheet })));
type CostOfPlace = Cost['places'][number];

export function CostPanel({ cost }: { readonly cost: CostOfPlace }) {
  const [isEntering, setIsEntering] = useState(false);
  const [isLooking, setIsLooking] = useState(false);
  const { month, currency, prices } = cost;
  return (
    <div className={panel['stack']}>
      <div className={panel['spread']}>
        <h3 className={styles['caption']}>{say('cost.title', { place: cost.place })}</h3>
        <p className={styles['total']}>{month === null || currency === null ? say('cost.unknown') : month === 0 ? say('cost.nothing') : say('cost.month', { amount: formatMoney(month, currency) })}</p>
      </div>
      {cost.uses.length > 0 && (
        <div className={styles['scroll']} role="group" aria-label={say('cost.title', { place: cost.place })} tabIndex={0}>
          <table className={styles['table']}>
            <thead><tr><th scope="col">{say('cost.class')}</th><th scope="col">{say('storage.files')}</th><th scope="col">{say('storage.bytes')}</th><th scope="col">{say('cost.perGb')}</th></tr></thead>
            <tbody>
              {cost.uses.map((use) => {
                const price = prices?.storage[use.storageClass as StorageClass]?.amount ?? null;
                return <tr key={use.storageClass}><th scope="row">{use.storageClass}</th><td>{formatCount(use.files)}</td><td>{formatBytes(use.bytes)}</td><td>{price === null || currency === null ? say('money.unknown') : formatUnitPrice(price, currency)}</td></tr>;
              })}
            </tbody>
          </table>
        </div>
      )}
      <div className={panel['row']}>
        <p className={panel['small']}>{prices === null ? say('cost.none') : cost.pricesDate === null ? say('cost.pricesNoDate', { name: prices.name }) : say('cost.prices', { name: prices.name, date: cost.pricesDate })}</p>
        <Button look={prices === null ? 'normal' : 'link'} onClick={() => setIsEntering(true)}>{prices === null ? say('cost.enter') : say('cost.change')}</Button>
      </div>
      {cost.isBucket && <div className={panel['row']}><Button aria-label={say('lifecycle.openNamed', { place: cost.place })} onClick={() => setIsLooking(true)}>{say('lifecycle.open')}</Button></div>}
      <details className={panel['small']}><summary>{say('cost.formulaTitle')}</summary><p>{say('cost.formula')}</p></details>
      {isLooking && <Suspense fallback={null}><LifecycleSheet rootId={cost.rootId} side={cost.side} place={cost.place} onClose={() => setIsLooking(false)} /></Suspense>}
      {isEntering && <PricesSheet cost={cost} onClose={() => setIsEntering(false)} />}
    </div>
  );
}

/** Prices per GB and month of the classes that are in use; what is left empty stays unknown. */
function PricesSheet({ cost, onClose }: { readonly cost: CostOfPlace; readonly onClose: () => void }) {
  const app = useApp();
  const id = useId();
  const classes = [...new Set(['STANDARD', ...cost.uses.map((use) => use.storageClass)])].filter((name): name is StorageClass => (storageClasses as readonly string[]).includes(name));
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() => Object.fromEntries(classes.map((name) => [name, String(cost.prices?.storage[name]?.amount ?? '')])));
  const [currency, setCurrency] = useState(cost.currency ?? 'EUR');
  const numbers = classes.map((name) => ({ name, amount: (texts[name] ?? '').trim() === '' ? null : Number((texts[name] ?? '').replace(',', '.')) }));
  const date = new Date(app.now()).toISOString().slice(0, 10);
  // The service checks it by the schema, which stays out of the page: it would weigh more than this whole screen.
  const isWhole = /^[A-Za-z]{3}$/.test(currency.trim()) && numbers.every(({ amount }) => amount === null || (Number.isFinite(amount) && amount >= 0));
  const entered: PriceTable = {
    name: cost.prices?.name ?? cost.place.slice(0, 100), currency: currency.trim().toUpperCase(), restore: cost.prices?.restore ?? {},
    storage: { ...cost.prices?.storage, ...Object.fromEntries(numbers.map(({ name, amount }) => [name, amount === null ? { amount, source: '', date: '' } : { amount, source: say('cost.enteredHere'), date }])) },
  };
  const write = async (prices: PriceTable | null): Promise<void> => {
    if (await app.act('writePrices', { rootId: cost.rootId, side: cost.side, prices }, say('cost.saved')) === null) return;
    await app.cost.read();
    onClose();
  };
  return (
    <Sheet title={say('cost.enterTitle', { place: cost.place })} onClose={onClose} actions={<>
      {cost.isEdited && <Button onClick={() => void write(null)}>{say('cost.takeBack')}</Button>}
      <Button look="primary" type="submit" form={id} disabled={!isWhole}>{say('cost.save')}</Button>
    </>}>
      <form id={id} className={panel['stack']} onSubmit={(event) => {
        event.preventDefault();
        if (isWhole) void write(entered);
      }}>
        <label className={field['field']}><span className={field['label']}>{say('cost.currency')}</span>
          <input className={field['number']} value={currency} maxLength={3} onChange={(event) => setCurrency(event.currentTarget.value)} /></label>
        {classes.map((name) => (
          <label key={name} className={field['field']}><span className={field['label']}>{say('cost.perGbOf', { name })}</span>
            <input className={field['number']} inputMode="decimal" value={texts[name] ?? ''} onChange={(event) => setTexts({ ...texts, [name]: event.currentTarget.value })} /></label>
        ))}
        <p className={field['hint']}>{say('cost.enterHint')}</p>
      </form>
    </Sheet>
  );
}
