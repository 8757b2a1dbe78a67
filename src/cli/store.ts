import { z } from 'zod'
import { findStore } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'
import { BadCall, type Called } from './command.ts'

/** The store that `--store` names. Throws BadCall. */
export async function storeOf({ db, options }: Called): Promise<Store> {
  const id = z.guid().safeParse(options.store)
  if (!id.success) throw new BadCall('--store is the UUID of a store.')
  const store = await findStore(db, id.data.toLowerCase())
  if (!store) throw new BadCall('There is no such store.')
  return store
}
