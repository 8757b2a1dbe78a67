import { checkoutSamples } from './checkout-samples.ts'
import { connectSamples } from './connect-samples.ts'
import { portalSamples } from './portal-samples.ts'
import { pricingSamples } from './pricing-samples.ts'
import { long, picture, type Sample, store } from './sample-store.ts'
import { stripeSamples } from './stripe-samples.ts'
import { vendorSamples } from './vendor-samples.ts'

/** Every page in each of its states. */
export const samples: Sample[] = [
  ...checkoutSamples,
  {
    name: 'demo-shop',
    template: 'demo/shop',
    model: {
      title: 'Fern & Kettle: demo shop',
      store: { id: store.id, name: 'Fern & Kettle' },
      look: 'first',
      products: [
        { id: 'mug', name: 'Stoneware mug, speckled', price: '€18.00', image_url: picture('#6f8b82') },
        {
          id: 'gift',
          name: long,
          price: '€99,999.90',
          image_url: null,
          choice: 'Size',
          variants: [
            { id: 's', label: 'Small', sold_out: true },
            { id: 'l', label: `${long}: €99,999.99`, sold_out: false },
          ],
        },
      ],
      other: { href: '/demo/shop?store=2', name: 'Second Store' },
      widget_url: '/assets/widget.js',
    },
  },
  ...connectSamples,
  ...portalSamples,
  ...stripeSamples,
  ...pricingSamples,
  ...vendorSamples,
  ...[404, 409, 422, 429, 500, 503].map(status => ({
    name: `error-${status}`,
    template: 'error',
    model: {
      title: 'Error',
      status,
      heading: 'This page does not exist',
      text: 'The address may be incomplete, or the page is gone.',
      next: { href: '/', label: 'Back to the shop' },
    },
  })),
]
