/** Who gives a command of the hub, in the words of its subjects; throws where nobody of that kind does. */
import type { Role } from '../../shared/model/accounts.ts';
import type { Device } from '../accounts/sessions.ts';
import { AppError } from '../base/app-error.ts';
import type { Caller } from './handlers.ts';

export function userOf(caller: Caller): NonNullable<Caller['user']> {
  if (caller.user === undefined) throw new AppError(caller.who === 'anyone' ? 'unauthorized' : 'forbidden');
  return caller.user;
}
/** This computer's owner stands above all accounts. */
export function roleOf(caller: Caller): Role {
  return caller.who === 'owner' ? 'owner' : userOf(caller).role;
}
export function deviceOf(caller: Caller): Device {
  return { address: caller.from?.address ?? '', agent: caller.from?.agent ?? '' };
}
