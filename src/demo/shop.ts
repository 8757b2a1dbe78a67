import type { FastifyReply } from 'fastify'
import { listProducts } from '../catalog/catalog.ts'
import type { Deps } from '../deps.ts'
import { formatMoney } from '../lib/money.ts'
import type { Store } from '../stores/table.ts'
import { OPEN_STORE } from './demo.ts'

/** A merchant's own shop, as one of the demo stores might have it: a page of products with the widget on it. */
export async function shopPage(
  { db, config }: Deps,
  reply: FastifyReply,
  store: Store,
  other: Store,
): Promise<FastifyReply> {
  const { locale, t } = reply.language(null, 'merchant')
  const { data } = await listProducts(db, store)
  const forSale = data.filter(({ active, currency }) => active && currency === store.currency)
  const page = {
    title: t('demo.title', { store: store.name }),
    store: { id: store.id, name: store.name },
    look: store.id === OPEN_STORE ? 'second' : 'first',
    products: forSale.map(({ id, name, image_url, price, currency }) => ({
      id,
      name,
      image_url,
      price: formatMoney({ amount: price, currency }, locale),
    })),
    other: { href: `/demo/shop?store=${other.id}`, name: other.name },
    widget_url: `${config.publicUrl}/widget.js`,
  }
  return reply.page('demo/shop', page, { locale })
}
