/** What it takes to answer every command of the contract: a missing implementation is a compile error. */
import type { CommandName, InputOf, OutputOf } from '../../shared/api/contract.ts';

/** Who asks. `sessionId` names the bearer without being it, so that it may be kept and compared. */
export interface Caller {
  readonly who: 'anyone' | 'session' | 'owner';
  readonly sessionId: string;
}
/** Commands that only the door can answer: they are about its token, its sessions, its URLs and its end. */
export type DoorCommand = 'hello' | 'exchangeCode' | 'makeCode' | 'makeTicket' | 'stopService';
export type CoreCommand = Exclude<CommandName, DoorCommand>;

type HandlerOf<N extends CommandName> = (input: InputOf<N>, caller: Caller) => Promise<OutputOf<N>> | OutputOf<N>;

/** What the core implements. */
export type Handlers = { readonly [N in CoreCommand]: HandlerOf<N> };
/** What the door adds to it. */
export type DoorHandlers = { readonly [N in DoorCommand]: HandlerOf<N> };
export type AllHandlers = Handlers & DoorHandlers;
