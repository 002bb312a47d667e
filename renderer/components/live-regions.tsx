/** The only two live regions of the app, there from the start. */
import { useStore } from 'zustand';
import { useUi } from '../app/ui-context.tsx';

export function LiveRegions() {
  const { announcer } = useUi();
  const polite = useStore(announcer, (spoken) => spoken.polite);
  const alert = useStore(announcer, (spoken) => spoken.alert);
  return (
    <>
      <div role="status" aria-live="polite" aria-atomic="true" className="visually-hidden">{polite}</div>
      <div role="alert" aria-atomic="true" className="visually-hidden">{alert}</div>
    </>
  );
}
