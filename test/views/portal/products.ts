import type { Sample } from '../sample-store.ts'
import { frame, long } from './frame.ts'

const product = {
  title: 'Product',
  ...frame,
  section: 'products',
  currency: 'EUR',
  stock_was: '',
  vendors: [],
  variants: [1, 2, 3].map(number => ({ prefix: `variant_${number - 1}`, number, known: false, was: '' })),
  values: {},
  errors: {},
}

/** The catalogue. */
export const productsSamples: Sample[] = [
  ...[true, false].map(some => ({
    name: some ? 'products' : 'products-none',
    template: 'portal/products',
    model: {
      title: 'Products',
      ...frame,
      section: 'products',
      done: some ? 'product' : undefined,
      products: some
        ? [
            { id: 'mug', name: 'Stoneware mug', active: true, image_url: null, price: '€18.00' },
            {
              id: 'x',
              name: long,
              active: false,
              image_url: 'data:image/gif;base64,R0lGODlhAQABAAAAACw=',
              price: '€1.00',
            },
          ]
        : [],
      first: true,
      next_cursor: some ? 'x' : null,
    },
  })),
  { name: 'product-new', template: 'portal/product', model: product },
  {
    name: 'product-wrong',
    template: 'portal/product',
    model: {
      ...product,
      product: { id: 'mug', name: 'Stoneware mug', active: false },
      vendors: [{ id: 'pottery', name: long }],
      variants: product.variants.map((row, index) => ({ ...row, known: index === 0, was: '4' })),
      values: {
        name: '',
        price: 'free',
        stock: '12',
        shippable: 'on',
        variant_0_id: 'large',
        variant_0_name: 'Large',
        variant_0_price: 'more',
        variant_0_stock: '4',
      },
      errors: {
        name: 'Give it a name.',
        price: 'Write the price as a number, such as 12.99.',
        variant_0_price: 'Write the price as a number, such as 12.99.',
        variants: 'A product has at most 100 variants.',
      },
    },
  },
]
