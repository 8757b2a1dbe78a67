import { randomBytes } from 'node:crypto'
import type { Database } from '../../src/db/database.ts'
import { newId, newStoreToken, readStoreToken } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { endpointPlace } from '../../src/stores/endpoints.ts'
import { secretKeyPlace } from '../../src/stripe/stripe.ts'
import type { Vault } from '../../src/vault/vault.ts'

/** A connected store with a registered webhook endpoint. */
export type Shop = { id: string; name: string; token: string; signing_secret: string; connection_id: string }

/** An order that waits for its payment, and the PaymentIntent it has at Stripe. */
export type Payable = { id: string; payment_intent: string; confirmation_code: string; amount: number }

const AMOUNT = 4890
const AT_ONCE = 5_000

/** Fills the tables with connected stores, as if each merchant had pasted keys. */
export async function addShops(
  db: Database,
  vault: Vault,
  partnerId: string,
  count: number,
): Promise<Shop[]> {
  const shops: Shop[] = []
  while (shops.length < count) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - shops.length) }, newShop)
    await insertShops(db, vault, partnerId, batch)
    shops.push(...batch)
  }
  await db.engine.script('analyze stores; analyze connections; analyze endpoints')
  return shops
}

function newShop(): Shop {
  const id = newId()
  return {
    id,
    name: 'Bench Store',
    token: newStoreToken(id),
    signing_secret: `whsec_${randomBytes(24).toString('base64url')}`,
    connection_id: newId(),
  }
}

async function insertShops(db: Database, vault: Vault, partnerId: string, shops: Shop[]): Promise<void> {
  const rows = shops.map(shop => {
    const endpoint = { store_id: shop.id, id: newId(), mode: 'test' } as const
    const connection = { store_id: shop.id, id: shop.connection_id, mode: 'test', version: 1 } as const
    const key = randomBytes(18).toString('hex')
    return {
      store_id: shop.id,
      connection_id: shop.connection_id,
      endpoint_id: endpoint.id,
      account_id: `acct_1${key.slice(0, 14)}`,
      publishable_key: `pk_test_51${key}`,
      secret_key_box: vault.seal(secretKeyPlace(connection), new Secret(`sk_test_51${key}`)),
      token_digest: readStoreToken(shop.token)!.digest.toString('hex'),
      secret_box: vault.seal(endpointPlace(endpoint), new Secret(shop.signing_secret)),
    }
  })
  const values = [JSON.stringify(rows), partnerId]
  const given = `jsonb_to_recordset($1::jsonb) as r (store_id uuid, connection_id uuid, endpoint_id uuid,
    account_id text, publishable_key text, secret_key_box text, token_digest text, secret_box text)`
  await db.engine.transaction(async session => {
    await session.query(
      `insert into stores (id, partner_id, name, currency, owner_email)
       select store_id, $2::uuid, 'Bench Store', 'eur', 'owner@example.com' from ${given}`,
      values,
    )
    await session.query(
      `insert into connections (store_id, id, mode, version, account_id, publishable_key, key_kind,
                                secret_key_box, permissions, state)
       select store_id, connection_id, 'test', 1, account_id, publishable_key, 'secret', secret_key_box, '{}', 'active'
       from ${given}`,
      values.slice(0, 1),
    )
    await session.query(
      `insert into endpoints (store_id, id, connection_id, mode, origin, token_digest, secret_box, proven_at)
       select store_id, endpoint_id, connection_id, 'test', 'registered', decode(token_digest, 'hex'), secret_box, now()
       from ${given}`,
      values.slice(0, 1),
    )
    await session.query(
      `insert into products (store_id, id, name, price, currency)
       select store_id, id, name, price, 'eur' from ${given},
         (values ('mug', 'Stoneware mug, speckled', 1800), ('beans', 'Coffee beans, 500 g', 1290)) as p (id, name, price)`,
      values.slice(0, 1),
    )
  })
}

/**
 * Orders number `from` to `from + count - 1`, spread evenly over the stores, each with a payment that Stripe knows.
 * Answers them with their stores.
 */
export async function addOrders(
  db: Database,
  shops: Shop[],
  from: number,
  count: number,
): Promise<{ shop: Shop; order: Payable }[]> {
  const values = [
    shops.map(({ id }) => id),
    shops.map(({ connection_id }) => connection_id),
    from,
    from + count - 1,
  ]
  await db.engine.query(
    `insert into orders (store_id, id, mode, confirmation_code, amount, currency, totals, lines)
     select ($1::uuid[])[1 + n % cardinality($1::uuid[])], ${uuid('9')}, 'test', 'B-' || n, ${AMOUNT}, 'eur',
            '{"subtotal":${AMOUNT},"discount":0,"shipping":0,"tax":0,"tax_included":0,"total":${AMOUNT}}',
            '[{"product_id":"mug","name":"Stoneware mug, speckled","quantity":2,"unit_amount":1800,"amount":3600,"image_url":null},
              {"product_id":"beans","name":"Coffee beans, 500 g","quantity":1,"unit_amount":1290,"amount":1290,"image_url":null}]'
     from generate_series($3::int, $4::int) n where cardinality($2::uuid[]) > 0`,
    values,
  )
  await db.engine.query(
    `insert into payments (store_id, id, order_id, connection_id, mode, account_id, amount, currency, payment_intent)
     select c.store_id, ${uuid('a')}, ${uuid('9')}, c.id, 'test', c.account_id, ${AMOUNT}, 'eur',
            'pi_3Bench' || lpad(n::text, 15, '0')
     from generate_series($3::int, $4::int) n
     join connections c on c.store_id = ($1::uuid[])[1 + n % cardinality($1::uuid[])]
       and c.id = ($2::uuid[])[1 + n % cardinality($1::uuid[])]`,
    values,
  )
  await db.engine.script('analyze orders; analyze payments')
  return Array.from({ length: count }, (_, index) => {
    const n = from + index
    return {
      shop: shops[n % shops.length]!,
      order: {
        id: `0199d3a0-0000-7000-9000-${n.toString(16).padStart(12, '0')}`,
        payment_intent: `pi_3Bench${String(n).padStart(15, '0')}`,
        confirmation_code: `B-${n}`,
        amount: AMOUNT,
      },
    }
  })
}

const uuid = (kind: string) => `('0199d3a0-0000-7000-${kind}000-' || lpad(to_hex(n), 12, '0'))::uuid`
