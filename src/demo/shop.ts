import type { FastifyReply } from 'fastify'
import { listProducts } from '../catalog/catalog.ts'
import type { Product } from '../catalog/table.ts'
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
  const money = (amount: number) => formatMoney({ amount, currency: store.currency }, locale)
  const page = {
    title: t('demo.title', { store: store.name }),
    store: { id: store.id, name: store.name },
    look: store.id === OPEN_STORE ? 'second' : 'first',
    products: forSale.map(product => ({
      ...product,
      price: money(product.price),
      variants: variantsOf(product, money),
      choice: Object.keys(product.variants[0]?.options ?? {}).join(', '),
    })),
    other: { href: `/demo/shop?store=${other.id}`, name: other.name },
    widget_url: `${config.publicUrl}/widget.js`,
  }
  return reply.page('demo/shop', page, { locale })
}

/** What a shopper chooses from; one that costs something else than the product says so. */
const variantsOf = ({ price, variants }: Product, money: (amount: number) => string) =>
  variants
    .filter(({ active }) => active)
    .map(({ id, name, price: own, available }) => ({
      id,
      label: own === null || own === price ? name : `${name}: ${money(own)}`,
      sold_out: available === 0,
    }))
