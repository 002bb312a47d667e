/** The wizard's state: what was chosen, what the service found about it, and what would happen; nothing is written before Start. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Doctor, OutputOf, ShownCertificate } from '../../../shared/api/contract.ts';
import type { FolderChoice } from '../../../shared/model/chosen-folders.ts';
import { say } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp } from '../../app/app-context.tsx';
import { addressOfForm, emptyPlace, formOfAddress, missingInForm, placeOfForm, type PlaceForm } from './place-form.ts';

export type Step = 'folder' | 'place' | 'what';
export interface FirstRun {
  readonly step: Step;
  readonly folder: string;
  readonly folderCheck: OutputOf<'checkFolder'> | null;
  readonly place: PlaceForm;
  readonly doctor: Doctor | null;
  /** What a place shows whose certificate is not known, to be compared. */
  readonly certificate: ShownCertificate | null;
  readonly preview: OutputOf<'previewRoot'> | null;
  /** Folders of the place that come onto this computer or don't; null = not asked. */
  readonly choices: readonly FolderChoice[] | null;
  readonly busy: 'folder' | 'place' | 'bucket' | 'certificate' | 'preview' | 'start' | null;
  readonly problem: string | null;
}
export interface FirstRunControl extends FirstRun {
  go(step: Step): void;
  setFolder(folder: string): void;
  setPlace(place: PlaceForm): void;
  choose(choices: readonly FolderChoice[]): void;
  checkFolder(): Promise<void>;
  testPlace(): Promise<void>;
  makeBucket(): Promise<void>;
  lookAtCertificate(): Promise<void>;
  /** Trusts what was shown, and tries the place again. */
  trustCertificate(): Promise<void>;
  toPlace(): Promise<void>;
  toWhat(): Promise<void>;
  start(): Promise<void>;
}
const untouched: FirstRun = { step: 'folder', folder: '', folderCheck: null, place: emptyPlace, doctor: null, certificate: null, preview: null, choices: null, busy: null, problem: null };

export function useFirstRun({ first, droppedFolder }: { readonly first: boolean; readonly droppedFolder: string }): FirstRunControl {
  const app = useApp();
  const { client } = app;
  const [state, setState] = useState<FirstRun>({ ...untouched, folder: droppedFolder });
  const latest = useRef(state);
  const device = useRef('');
  const change = useCallback((part: Partial<FirstRun>): void => {
    latest.current = { ...latest.current, ...part };
    setState(latest.current);
  }, []);
  const asking = useCallback(async <T>(busy: NonNullable<FirstRun['busy']>, ask: () => Promise<T>): Promise<T | null> => {
    change({ busy, problem: null });
    try {
      return await ask();
    } catch (reason) {
      const problem = problemOf(reason);
      change({ problem: problem.noAnswer ? say('problem.noAnswer') : problem.message });
      return null;
    } finally {
      change({ busy: null });
    }
  }, [change]);

  const checkFolder = useCallback(async (): Promise<boolean> => {
    const folder = latest.current.folder.trim();
    if (folder === '') {
      change({ problem: say('firstRun.asks.folder') });
      return false;
    }
    const folderCheck = await asking('folder', () => client.call('checkFolder', { folder }));
    change({ folderCheck });
    return folderCheck?.usable === true;
  }, [asking, change, client]);
  const testPlace = useCallback(async (): Promise<boolean> => {
    const missing = missingInForm(latest.current.place);
    if (missing !== null) {
      change({ problem: say(missing) });
      return false;
    }
    const doctor = await asking('place', () => client.call('testPlace', placeOfForm(latest.current.place)));
    change({ doctor });
    return doctor?.usable === true;
  }, [asking, change, client]);
  const showWhat = useCallback(async (): Promise<void> => {
    change({ step: 'what', preview: null });
    const { folder, place } = latest.current;
    change({ preview: await asking('preview', () => client.call('previewRoot', { folder: folder.trim(), place: placeOfForm(place) })) });
  }, [asking, change, client]);

  useEffect(() => {
    let wanted = true;
    const propose = async (): Promise<void> => {
      const defaults = await client.call('readDefaults', {}).catch(() => null);
      if (!wanted || defaults === null) return;
      device.current = defaults.device;
      if (!first || latest.current.folder !== '') return;
      change({ folder: defaults.folder, place: formOfAddress(defaults.address) });
      if (defaults.folder === '' || defaults.address === '') return;
      // The proposal is whole: look at both sides at once, so that Start works without another step.
      if (!await checkFolder() || !wanted) return;
      if (!await testPlace()) return change({ step: 'place' });
      if (wanted) await showWhat();
    };
    void propose();
    return () => {
      wanted = false;
    };
  }, [client, first, change, checkFolder, testPlace, showWhat]);

  return {
    ...state,
    go: (step) => change({ step, problem: null }),
    setFolder: (folder) => change({ folder, folderCheck: null, preview: null, problem: null }),
    setPlace: (place) => change({ place, doctor: null, certificate: null, preview: null, choices: null, problem: null }),
    choose: (choices) => change({ choices }),
    checkFolder: async () => void await checkFolder(),
    testPlace: async () => void await testPlace(),
    makeBucket: async () => {
      const doctor = await asking('bucket', () => client.call('makeBucket', placeOfForm(latest.current.place)));
      if (doctor !== null) change({ doctor });
    },
    lookAtCertificate: async () => {
      const certificate = await asking('certificate', () => client.call('readCertificate', { address: addressOfForm(latest.current.place) }));
      if (certificate !== null) change({ certificate });
    },
    trustCertificate: async () => {
      const { certificate, place } = latest.current;
      if (certificate === null) return;
      change({ place: { ...place, certificate: certificate.pem }, certificate: null, doctor: null });
      await testPlace();
    },
    toPlace: async () => {
      if (await checkFolder()) change({ step: 'place' });
    },
    toWhat: async () => {
      if (latest.current.doctor?.usable === true || await testPlace()) await showWhat();
    },
    start: async () => {
      const { folder, place, choices } = latest.current;
      const root = await asking('start', () => client.call('addRoot', { folder: folder.trim(), place: placeOfForm(place), ...(device.current === '' ? {} : { device: device.current }), ...(choices === null ? {} : { choices: [...choices] }) }));
      if (root === null) return;
      await app.reread();
      app.route.go({ screen: 'files', rootId: root.id, folder: '', search: '', entry: null });
    },
  };
}
