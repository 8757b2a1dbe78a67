import { z } from 'zod'
import { endSessionsOf } from '../owners/sessions.ts'
import { BadCall, type Command } from './command.ts'

/** The people who own stores. */
export const ownerCommands: Record<string, Command> = {
  'owner sign-out': {
    usage: 'owner sign-out EMAIL',
    about: 'end every session of an owner, in every browser; they may sign in again by a new code',
    async run({ db, terminal, args }) {
      const email = z.email().safeParse(args[0])
      if (args.length !== 1 || !email.success) throw new BadCall('Exactly one e-mail address is needed.')
      const count = await endSessionsOf(db, email.data)
      terminal.print(`ended ${count === 1 ? 'one session' : `${count} sessions`}`)
    },
  },
}
