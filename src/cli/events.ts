import { countReplayable, type ReplayChoice, replayEvents } from '../webhooks/replay.ts'
import { BadCall, type Called, type Command } from './command.ts'
import { modeOf, sinceOf } from './options.ts'
import { showProgress } from './progress.ts'
import { storeOf } from './store.ts'

/** The inbox of Stripe's events. */
export const eventCommands: Record<string, Command> = {
  'events replay': {
    usage: 'events replay --store ID [--mode test|live] [--event EVT] [--since TIME] [--dry-run]',
    about: 'take kept events of a store once more; what was applied already is not applied again',
    options: {
      store: { type: 'string' },
      mode: { type: 'string' },
      event: { type: 'string' },
      since: { type: 'string' },
      'dry-run': { type: 'boolean' },
    },
    async run(called) {
      const { db, terminal, options } = called
      const { id: storeId } = await storeOf(called)
      const choice = choiceOf(called)
      const total = await countReplayable(db, storeId, choice)
      if (options['dry-run']) return terminal.print(`${total} events would be taken once more.`)
      const progress = showProgress(terminal, 'taken once more', total)
      const done = await replayEvents(db, storeId, choice, { kind: 'service' }, progress.at)
      progress.end()
      terminal.print(
        `${done.processed} processed, ${done.ignored} ignored, ${done.quarantined} in quarantine.`,
      )
    },
  },
}

function choiceOf({ options }: Called): ReplayChoice {
  const { event } = options
  if (event !== undefined && !/^evt_\w+$/.test(String(event))) throw new BadCall('--event is evt_…')
  const choice = { mode: modeOf(options), since: sinceOf(options) }
  return event === undefined ? choice : { ...choice, event: String(event) }
}
