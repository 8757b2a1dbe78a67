import { deliveriesSamples } from './portal/deliveries.ts'
import { enteringSamples } from './portal/entering.ts'
import { orderSamples } from './portal/order.ts'
import { ordersSamples } from './portal/orders.ts'
import { overviewSamples } from './portal/overview.ts'
import { paymentsSamples } from './portal/payments.ts'
import { productsSamples } from './portal/products.ts'
import { settingsSamples } from './portal/settings.ts'

const samples = [
  ...enteringSamples,
  ...overviewSamples,
  ...ordersSamples,
  ...orderSamples,
  ...productsSamples,
  ...paymentsSamples,
  ...deliveriesSamples,
  ...settingsSamples,
]

/** Every page of the portal in each of its states. */
export const portalSamples = samples.map(sample => ({ ...sample, name: `portal-${sample.name}` }))
