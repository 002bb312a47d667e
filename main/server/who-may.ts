/** Which caller may give a command: one pure table, the same for HTTP and sockets. */
import type { Who } from '../../shared/api/contract-row.ts';
import type { Caller } from '../app/handlers.ts';

export type Verdict = 'may' | 'unauthorized' | 'forbidden';

/** An account of the hub never reaches what is this computer's, whatever its role; this computer's owner may look after the accounts. */
const mayCall: Readonly<Record<Who, (caller: Caller) => boolean>> = {
  anyone: () => true,
  session: (caller) => caller.who === 'session' || caller.who === 'owner',
  owner: (caller) => caller.who === 'owner',
  reader: (caller) => caller.user !== undefined,
  writer: (caller) => caller.user !== undefined && caller.user.role !== 'guest',
  admin: (caller) => caller.who === 'owner' || caller.user?.role === 'owner' || caller.user?.role === 'admin',
};

export function judgeCaller(who: Who, caller: Caller): Verdict {
  if (mayCall[who](caller)) return 'may';
  return caller.who === 'anyone' ? 'unauthorized' : 'forbidden';
}
