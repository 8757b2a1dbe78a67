import { readId } from '../lib/ids.ts'
import { findStore } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'
import { BadCall, type Called } from './command.ts'

/** The store that `--store` names. Throws BadCall. */
export async function storeOf({ db, options }: Called): Promise<Store> {
  const id = readId(options.store)
  if (!id) throw new BadCall('--store is the UUID of a store.')
  const store = await findStore(db, id)
  if (!store) throw new BadCall('There is no such store.')
  return store
}
