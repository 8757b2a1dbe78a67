import { saveProduct } from '../catalog/catalog.ts'
import type { ProductInput } from '../catalog/schemas.ts'
import type { Deps } from '../deps.ts'
import { Secret } from '../lib/secret.ts'
import { addPartner } from '../partners/partners.ts'
import { connectStore } from '../stores/connect.ts'
import { activeConnection } from '../stores/connections.ts'
import { createConnectLink, findConnectLink } from '../stores/links.ts'
import { createStore } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'

/** The demo store that is connected to the sandbox from the start, and the one you connect yourself. */
export const DEMO_STORE = '0199d3a0-0000-7000-8000-00000000000a'
export const OPEN_STORE = '0199d3a0-0000-7000-8000-00000000000b'

/** Who owns both; the code to sign in with is in the mailbox. */
export const DEMO_OWNER = 'owner@example.com'

/** What to paste for the second store. The account is in the key; any would do. */
export const OPEN_STORE_KEYS = {
  publishable_key: 'pk_test_51SECONDSTORE001Public',
  secret_key: 'rk_test_51SECONDSTORE001Restricted',
}

const PRODUCTS: (Omit<ProductInput, 'currency' | 'active'> & { id: string })[] = [
  { id: 'mug', name: 'Stoneware mug, speckled', price: '18.00' },
  { id: 'beans', name: 'Coffee beans, 500 g', price: '12.90' },
  { id: 'filter', name: 'Paper filters, 100 pieces', price: '4.50' },
  { id: 'dripper', name: 'Pour-over dripper, terracotta', price: '24.00' },
  { id: 'kettle', name: 'Gooseneck kettle, 0.9 l', price: '89.00' },
  { id: 'grinder', name: 'Hand grinder, walnut', price: '119.00' },
  {
    id: 'apron',
    name: 'Barista apron, linen',
    price: '42.00',
    variants: [
      { id: 's', name: 'Small', options: { Size: 'Small' } },
      { id: 'm', name: 'Medium', options: { Size: 'Medium' } },
      { id: 'l', name: 'Large', options: { Size: 'Large' }, price: '46.00' },
    ].map(variant => ({ ...variant, active: true })),
  },
]

/**
 * A demo partner with two stores and some products: one is connected to the sandbox by the same way a merchant
 * takes. Safe to repeat: what is there already stays as it is.
 */
export async function seedDemo(deps: Deps, partnerSecret: Secret): Promise<void> {
  const partnerId = await addPartner(deps.db, 'Demo partner', partnerSecret)
  const shop = await demoStore(deps, partnerId, DEMO_STORE, 'Fern & Kettle', '#1f5d4c')
  await demoStore(deps, partnerId, OPEN_STORE, 'Second Store', '#2f4b8f')
  if (!(await activeConnection(deps.db, shop.id, 'test'))) await connectDemo(deps, shop)
}

async function demoStore(
  deps: Deps,
  partnerId: string,
  id: string,
  name: string,
  color: string,
): Promise<Store> {
  const { store, created } = await createStore(deps.db, deps.config, partnerId, {
    id,
    name,
    color,
    currency: 'eur',
    owner_email: DEMO_OWNER,
    origins: [deps.config.publicUrl],
  })
  if (created) {
    for (const { id: productId, ...product } of PRODUCTS) {
      const image_url = `${deps.config.publicUrl}/demo/pictures/${productId}.svg`
      const input = { ...product, image_url, currency: 'eur', active: true }
      await saveProduct(deps.db, store, productId, input, { kind: 'partner', partner_id: partnerId })
    }
  }
  return store
}

async function connectDemo(deps: Deps, store: Store): Promise<void> {
  const { url } = await createConnectLink(deps, store, undefined)
  const link = await findConnectLink(deps, store.id, new URL(url).searchParams.get('ct')!)
  if (!link) throw new Error('the connect link of the demo store is not valid')
  await connectStore(
    deps,
    store,
    {
      mode: 'test',
      key_kind: 'restricted',
      publishable_key: 'pk_test_51FERNKETTLE0001Public',
      secret_key: new Secret('rk_test_51FERNKETTLE0001Restricted'),
      webhook_secret: undefined,
    },
    { kind: 'link', link, code_typed_at: undefined },
  )
}
