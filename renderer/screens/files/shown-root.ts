/** Which synced folder the Files screen shows. */
import type { RootStatus } from '../../../shared/api/contract.ts';
import { useRoute, useStatus } from '../../app/app-context.tsx';

/** The root that is shown: the one in the address, else the first. */
export function useShownRoot(): RootStatus | null {
  const rootId = useRoute((route) => route.rootId);
  return useStatus((state) => state.status?.roots.find((root) => root.id === rootId) ?? state.status?.roots[0] ?? null);
}
