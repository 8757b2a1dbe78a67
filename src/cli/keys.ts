import { SEALED } from '../sealed.ts'
import { checkKeys } from '../vault/canaries.ts'
import { countBoxes, rotateBoxes } from '../vault/rotation.ts'
import { makeVault } from '../vault/vault.ts'
import type { Command } from './command.ts'
import { showProgress } from './progress.ts'

/** The master keys (ENCRYPTION_KEYS) and the secrets that are sealed with them. */
export const keyCommands: Record<string, Command> = {
  'keys status': {
    usage: 'keys status',
    about: 'which master key seals how many secrets',
    async run({ config, db, terminal }) {
      const vault = makeVault(config.masterKeys)
      terminal.print(
        `sealing with ${vault.kid}; also opening with ${vault.kids.slice(1).join(', ') || 'no other key'}`,
      )
      for (const { table, column, kid, boxes } of await countBoxes(db, SEALED)) {
        const note = vault.kids.includes(kid) ? '' : '  (this key is missing)'
        terminal.print(`${kid}  ${boxes} in ${table}.${column}${note}`)
      }
    },
  },

  'keys rotate': {
    usage: 'keys rotate [--dry-run]',
    about: 'seal every secret again with the first master key, while the service runs',
    options: { 'dry-run': { type: 'boolean' } },
    async run({ config, db, terminal, options }) {
      const vault = makeVault(config.masterKeys)
      await checkKeys(db, vault)
      const counts = await countBoxes(db, SEALED)
      const total = counts.filter(({ kid }) => kid !== vault.kid).reduce((sum, { boxes }) => sum + boxes, 0)
      if (options['dry-run']) {
        terminal.print(`${total} secrets would be sealed again with ${vault.kid}.`)
        return
      }
      const progress = showProgress(terminal, 'sealed again', total)
      const done = await rotateBoxes(db, vault, SEALED, progress.at)
      progress.end()
      terminal.print(
        `${done} secrets sealed again with ${vault.kid}. No row names another key; those may be removed.`,
      )
    },
  },
}
