import { Secret } from '../../src/lib/secret.ts'
import { secretKeyPlace } from '../../src/stripe/stripe.ts'
import type { House } from './house.ts'
import type { Shop } from './shop.ts'

/**
 * Makes this the secret key that we keep for the first connection of a shop: the sandbox reads from a key itself what
 * has become of it at Stripe.
 */
export async function keepKey({ deps }: House, shop: Pick<Shop, 'id'>, key: string): Promise<void> {
  const connection = await deps.db
    .selectFrom('connections')
    .selectAll()
    .where('store_id', '=', shop.id)
    .where('version', '=', 1)
    .executeTakeFirstOrThrow()
  await deps.db
    .updateTable('connections')
    .set({ secret_key_box: deps.vault.seal(secretKeyPlace(connection), new Secret(key)) })
    .where('store_id', '=', shop.id)
    .where('id', '=', connection.id)
    .execute()
}

/** The merchant rolled the key at Stripe: what we keep is the old one. */
export const revokeKey = (house: House, shop: Shop): Promise<void> =>
  keepKey(house, shop, shop.keys.secret_key.replace('Secret', 'Revoked'))
