import { parseArgs } from 'node:util'
import { BadSettings, readConfig } from '../config.ts'
import { openDatabase } from '../db/database.ts'
import { DataDirInUse } from '../db/hold.ts'
import { pending, SchemaMismatch } from '../db/migrate.ts'
import { Problem } from '../lib/problem.ts'
import { WrongKeys } from '../vault/canaries.ts'
import { BoxDoesNotOpen } from '../vault/vault.ts'
import { BadCall, type Command, type LoneCommand, type Terminal } from './command.ts'
import { doctorCommand } from './doctor.ts'
import { eventCommands } from './events.ts'
import { keyCommands } from './keys.ts'
import { migrateCommand } from './migrate.ts'
import { mirrorCommands } from './mirror.ts'
import { ownerCommands } from './owner.ts'
import { partnerCommands } from './partner.ts'
import { syncCommand } from './sync.ts'

/** Every command by its name: one or two words. */
const COMMANDS: Record<string, Command | LoneCommand> = {
  migrate: migrateCommand,
  ...partnerCommands,
  ...ownerCommands,
  ...keyCommands,
  ...eventCommands,
  sync: syncCommand,
  ...mirrorCommands,
  doctor: doctorCommand,
}

/** Runs one command. Answers the exit code: 0 done, 1 not possible (or found broken), 2 called wrongly. */
export async function run(argv: string[], terminal: Terminal): Promise<number> {
  const name = [argv.slice(0, 2).join(' '), argv[0] ?? ''].find(words => Object.hasOwn(COMMANDS, words))
  const command = name === undefined ? undefined : COMMANDS[name]
  if (!command || name === undefined) return help(argv, terminal)
  try {
    return await call(command, argv.slice(name.split(' ').length), terminal)
  } catch (error) {
    return explain(error, command, terminal)
  }
}

async function call(command: Command | LoneCommand, rest: string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args: rest,
    options: command.options ?? {},
    allowPositionals: true,
  })
  const options = values as Record<string, string | boolean | undefined>
  if ('alone' in command) return command.alone({ terminal, args: positionals, options })
  const config = readConfig(terminal.env)
  const db = await openDatabase(config)
  try {
    if (!command.anySchema && (await pending(db.engine)).length > 0) {
      throw new BadCall('The database is not migrated to this release. Run owntill migrate first.')
    }
    await command.run({ config, db, terminal, args: positionals, options })
    return 0
  } finally {
    await db.close()
  }
}

function explain(error: unknown, command: Pick<Command, 'usage'>, { complain }: Terminal): number {
  const badOptions = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
  if (error instanceof BadCall || badOptions) {
    complain((error as Error).message)
    complain(`Usage: owntill ${command.usage}`)
    return 2
  }
  const expected = [BadSettings, BoxDoesNotOpen, DataDirInUse, SchemaMismatch, Problem, WrongKeys].some(
    kind => error instanceof kind,
  )
  if (!expected) throw error
  complain((error as Error).message)
  return 1
}

function help(argv: string[], { print, complain }: Terminal): number {
  const asked = ['help', '--help', '-h'].includes(argv[0] ?? '')
  const say = asked ? print : complain
  if (!asked && argv.length > 0) say(`There is no command "${argv.slice(0, 2).join(' ')}".`)
  say('Usage: owntill COMMAND')
  for (const { usage, about } of Object.values(COMMANDS)) say(`  ${usage}\n      ${about}`)
  say('Settings come from the environment, as for the service itself.')
  return asked ? 0 : 2
}
