import type { Deps } from '../deps.ts'
import { problem, Unavailable } from '../lib/problem.ts'
import { makeMail } from '../mail/mail.ts'
import { cursorsOf, type StoreMode } from '../mirror/cursors.ts'
import { KINDS, kindOf } from '../mirror/kinds.ts'
import { howFar, syncOf } from '../mirror/status.ts'
import { runSync, startSync } from '../mirror/sync.ts'
import type { SyncCursor } from '../mirror/table.ts'
import { isSame, verifyMirror } from '../mirror/verify.ts'
import { makeStripeAccess } from '../stripe/stripe.ts'
import { checkKeys } from '../vault/canaries.ts'
import { makeVault } from '../vault/vault.ts'
import { BadCall, type Called, type Command, type Terminal } from './command.ts'
import { modeOf, sinceOf } from './options.ts'
import { showProgress } from './progress.ts'
import { storeOf } from './store.ts'

const MirrorDiffers = problem('mirror-differs', 409, 'The mirror is not what Stripe has')

/** Fetching what Stripe has. */
export const syncCommand: Command = {
  usage: 'sync --store ID [--mode test|live] [--types LIST] [--since TIME|last] [--continue] [--verify]',
  about: "fetch all of a store's objects from Stripe into the mirror; safe to stop and to call again",
  options: {
    store: { type: 'string' },
    mode: { type: 'string' },
    types: { type: 'string' },
    since: { type: 'string' },
    continue: { type: 'boolean' },
    verify: { type: 'boolean' },
  },
  async run(called) {
    const { terminal, options } = called
    const store = await storeOf(called)
    const place = { store_id: store.id, mode: modeOf(options) ?? store.mode }
    const types = typesOf(called)
    const since = options.since === 'last' ? 'last' : (sinceOf(options, 'last, ') ?? null)
    await withDeps(called, async deps => {
      const open = (await cursorsOf(deps.db, place)).some(
        ({ state }) => state === 'waiting' || state === 'running',
      )
      if (!options.continue || !open) {
        await startSync(deps, store, place.mode, { types, since }, { kind: 'service' })
      }
      const whole = await fetchAll(deps, place, terminal)
      report(terminal, (await syncOf(deps.db, place)).kinds)
      if (!whole) throw new Unavailable('Stripe could not be asked any more. Go on later with --continue.')
      if (options.verify) await verify(deps, place, types, terminal)
    })
  },
}

async function fetchAll(deps: Deps, place: StoreMode, terminal: Terminal): Promise<boolean> {
  const kinds = new Map((await cursorsOf(deps.db, place)).map(cursor => [cursor.type, cursor]))
  const now = () => howFar([...kinds.values()])
  const progress = showProgress(terminal, 'fetched', now().total)
  const onProgress = (cursor: SyncCursor) => {
    kinds.set(cursor.type, cursor)
    const { done, total } = now()
    progress.at(done, total)
  }
  try {
    return await runSync(deps, place, { idle: 0, onProgress })
  } finally {
    progress.end()
  }
}

const WHY = { forbidden: 'the key may not read them', refused: 'Stripe does not list them for this account' }

function report({ print }: Terminal, kinds: SyncCursor[]): void {
  for (const { type, state, done, bad, bad_objects } of kinds) {
    if (state === 'forbidden' || state === 'refused') print(`${type}: not fetched, ${WHY[state]}`)
    else print(`${type}: ${done}${state === 'done' ? '' : ' so far'}`)
    if (bad > 0) print(`  ${bad} could not be kept:`)
    for (const { id, reason } of bad_objects) print(`    ${id ?? '(no id)'}: ${reason}`)
  }
}

async function verify(
  deps: Deps,
  place: StoreMode,
  types: string[] | undefined,
  terminal: Terminal,
): Promise<void> {
  const cursors = await cursorsOf(deps.db, place)
  const { total } = howFar(cursors.filter(({ type }) => types?.includes(type) ?? true))
  const progress = showProgress(terminal, 'compared', total)
  const found = await verifyMirror(deps, place, types, progress.at).finally(progress.end)
  for (const one of found) {
    if (one.unread) continue
    const words = isSame(one)
      ? 'the same'
      : `${one.missing} missing, ${one.different} different, ${one.extra} that Stripe does not list`
    terminal.print(`${one.type}: ${one.at_stripe} at Stripe, ${one.in_mirror} in the mirror: ${words}`)
  }
  if (!found.every(isSame)) throw new MirrorDiffers('Objects may have changed meanwhile.')
}

async function withDeps({ config, db }: Called, work: (deps: Deps) => Promise<void>): Promise<void> {
  const vault = makeVault(config.masterKeys)
  await checkKeys(db, vault)
  const stripe = makeStripeAccess(config.stripe, vault)
  const mail = makeMail(config, db, vault)
  try {
    await work({ config, db, vault, stripe, mail })
  } finally {
    await mail.close()
    stripe.close()
  }
}

function typesOf({ options }: Called): string[] | undefined {
  if (typeof options.types !== 'string') return undefined
  const types = options.types.split(',')
  const unknown = types.find(type => !kindOf(type))
  if (unknown === undefined) return types
  throw new BadCall(`Stripe lists no "${unknown}". There are: ${KINDS.map(({ type }) => type).join(', ')}.`)
}
