import { migrate } from '../db/migrate.ts'
import type { Command } from './command.ts'

export const migrateCommand: Command = {
  usage: 'migrate',
  about: 'bring the database to this release',
  anySchema: true,
  async run({ db, terminal }) {
    const done = await migrate(db.engine)
    for (const name of done) terminal.print(`applied ${name}`)
    if (done.length === 0) terminal.print('The database is up to date.')
  },
}
