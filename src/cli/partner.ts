import { readId } from '../lib/ids.ts'
import { SCOPES } from '../partners/partners.ts'
import {
  addPartnerWith,
  type ListedSecret,
  listSecrets,
  revokeSecrets,
  rotateSecret,
  type Terms,
} from '../partners/secrets.ts'
import { BadCall, type Called, type Command, type Terminal } from './command.ts'
import { SECRET_OPTIONS, secretFor } from './secret.ts'

/** How long the secret before goes on working after a rotation, in hours, unless said otherwise. */
const OVERLAP_HOURS = 24

const TERMS_OPTIONS = { scopes: { type: 'string' }, days: { type: 'string' } } as const

/** Who may call the internal API. */
export const partnerCommands: Record<string, Command> = {
  'partner add': {
    usage: 'partner add NAME [--scopes LIST] [--days N] [--stdin | --file FILE]',
    about: 'add a partner; prints its secret once, or takes yours',
    options: { ...TERMS_OPTIONS, ...SECRET_OPTIONS },
    async run(called) {
      const name = only(called, 'NAME')
      const { scopes = ['*'], expires_at = null } = termsOf(called)
      const { secret, made } = await secretFor(called)
      const id = await addPartnerWith(called.db, name, secret, { scopes, expires_at })
      called.terminal.print(`partner ${id}`)
      tell(called.terminal, made)
    },
  },

  'partner rotate': {
    usage: 'partner rotate ID [--overlap HOURS] [--scopes LIST] [--days N] [--stdin | --file FILE]',
    about: `give a partner a new secret; the old one works ${OVERLAP_HOURS} more hours`,
    options: { overlap: { type: 'string' }, ...TERMS_OPTIONS, ...SECRET_OPTIONS },
    async run(called) {
      const id = idOf(called)
      const overlap = whole(called.options.overlap, 'overlap', 0) ?? OVERLAP_HOURS
      const terms = termsOf(called)
      const { secret, made } = await secretFor(called)
      await rotateSecret(called.db, id, secret, terms, overlap)
      called.terminal.print(`The secret before works for ${overlap} more hours.`)
      tell(called.terminal, made)
    },
  },

  'partner revoke': {
    usage: 'partner revoke ID',
    about: 'revoke one secret, or with a partner’s id all of its secrets',
    async run(called) {
      const count = await revokeSecrets(called.db, idOf(called))
      called.terminal.print(`revoked ${count === 1 ? 'one secret' : `${count} secrets`}`)
    },
  },

  'partner list': {
    usage: 'partner list',
    about: 'partners and their secrets: scopes, expiry, last used',
    async run({ db, terminal }) {
      for (const line of table(await listSecrets(db))) terminal.print(line)
    },
  },
}

function only({ args }: Called, what: string): string {
  const [value] = args
  if (value === undefined || args.length > 1) throw new BadCall(`Exactly one ${what} is needed.`)
  return value
}

function idOf(called: Called): string {
  const id = readId(only(called, 'ID'))
  if (!id) throw new BadCall('The ID is the UUID that owntill partner list shows.')
  return id
}

function termsOf({ options }: Called): Partial<Terms> {
  const days = whole(options.days, 'days', 1)
  const scopes = typeof options.scopes === 'string' ? options.scopes.split(',') : undefined
  const unknown = scopes?.find(scope => scope !== '*' && !SCOPES.some(known => known === scope))
  if (unknown !== undefined) {
    throw new BadCall(`There is no scope "${unknown}". There are: ${SCOPES.join(', ')}, or * for all.`)
  }
  return {
    ...(scopes && { scopes }),
    ...(days && { expires_at: new Date(Date.now() + days * 86_400_000) }),
  }
}

function whole(text: string | boolean | undefined, name: string, least: number): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (!Number.isInteger(number) || number < least || number > 100_000) {
    throw new BadCall(`--${name} is a whole number of at least ${least}.`)
  }
  return number
}

function tell({ print }: Terminal, made: string | undefined): void {
  if (made === undefined) return
  print(`X-Internal-Secret: ${made}`)
  print('It is shown this once. Keep it where only the partner reads it.')
}

const HEAD = ['PARTNER', 'NAME', 'SECRET', 'STATE', 'SCOPES', 'EXPIRES', 'LAST USED']

function table(secrets: ListedSecret[]): string[] {
  const rows = secrets.map(secret => [
    secret.partner_id,
    secret.name,
    secret.secret_id ?? '-',
    secret.state ?? 'none',
    secret.scopes?.join(',') ?? '-',
    secret.expires_at ? minute(secret.expires_at) : 'never',
    secret.last_used_at ? minute(secret.last_used_at) : 'never',
  ])
  const widths = HEAD.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]!.length)))
  return [HEAD, ...rows].map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}

const minute = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`
