/** Calls a composed core as the door does: input and answer pass through the contract's schemas. */
import { contract, type CallInputOf, type InputOf, type OutputOf } from '../../shared/api/contract.ts';
import type { Core } from '../app/core.ts';
import type { CoreCommand } from '../app/handlers.ts';

export function typedCalls(core: Core) {
  return async <N extends CoreCommand>(command: N, input: CallInputOf<N>): Promise<OutputOf<N>> => {
    const handler = core.handlers[command] as (input: InputOf<N>, caller: { who: 'owner'; sessionId: string }) => Promise<OutputOf<N>> | OutputOf<N>;
    return contract[command].output.parse(await handler(contract[command].input.parse(input) as InputOf<N>, { who: 'owner', sessionId: 'test' })) as OutputOf<N>;
  };
}
