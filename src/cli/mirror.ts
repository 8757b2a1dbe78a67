import { grantAnalyst, revokeAnalyst } from '../mirror/analysts.ts'
import { BadCall, type Command } from './command.ts'
import { storeOf } from './store.ts'

/** Who may read a store's mirror with SQL. */
export const mirrorCommands: Record<string, Command> = {
  'mirror grant': {
    usage: 'mirror grant --store ID',
    about: "make a database role that reads this store's mirror and nothing else; prints its password once",
    options: { store: { type: 'string' } },
    async run(called) {
      const { id } = await storeOf(called)
      const { role, password } = await grantAnalyst(called.db, id, { kind: 'service' })
      called.terminal.print(`role      ${role}`)
      called.terminal.print(`password  ${password}`)
      called.terminal.print(
        'The password is shown this once. Ask the schema mirror: select * from mirror.charges',
      )
    },
  },

  'mirror revoke': {
    usage: 'mirror revoke --store ID',
    about: 'drop that role',
    options: { store: { type: 'string' } },
    async run(called) {
      const { id } = await storeOf(called)
      if (!(await revokeAnalyst(called.db, id, { kind: 'service' }))) {
        throw new BadCall('This store has no analyst.')
      }
      called.terminal.print('The role is gone.')
    },
  },
}
