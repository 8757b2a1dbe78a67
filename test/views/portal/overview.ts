import type { Sample } from '../sample-store.ts'
import { frame, long } from './frame.ts'
import { orders } from './orders.ts'

const sums = {
  net: '€1,240.50',
  gross: '€1,310.50',
  refunded: '€70.00',
  orders: 27,
  opened: 40,
  conversion: '68 %',
}

const column = {
  text: '21 Nov: €12.00',
  x: 0.5,
  width: 2.3,
  parts: [
    { kind: 'main', y: 80, height: 88 },
    { kind: 'back', y: 70, height: 10 },
  ],
}

const plot = {
  ticks: [
    { y: 168, text: '€0' },
    { y: 8, text: '€1.2K' },
  ],
  columns: [column, { ...column, x: 50, parts: [] }],
  labels: [
    { x: 1.6, text: '23 Oct', wide: false },
    { x: 50, text: '6 Nov', wide: true },
  ],
}

const choices = {
  by: [
    { text: 'By day', current: true, query: '?by=day' },
    { text: 'By week', current: false, query: '?by=week' },
  ],
  mode: [{ text: 'Test', current: true, query: '?mode=test' }],
  currency: [],
}

const business = {
  span: 'the last 30 days',
  mode: 'test',
  choices,
  any: true,
  sums,
  income: plot,
  orders: plot,
  conversion: plot,
  rows: [['21 Nov', '€12.00', '€1.00', '€11.00', '1', '2', '50 %']],
  declines: [
    { reason: 'insufficient funds', times: 12, share: 100 },
    { reason: long, times: 1, share: 8 },
  ],
  declined: 13,
}

const noBusiness = { ...business, any: false, declines: [], declined: 0 }

const overview = { title: 'Overview', ...frame, section: 'overview' }

/** What an owner sees first. */
export const overviewSamples: Sample[] = [
  {
    name: 'overview',
    template: 'portal/overview',
    model: {
      ...overview,
      steps: { connected: true, rejected: false, webhook: 'proven', product: true, payment: true },
      can_demo: true,
      orders,
      business,
      undelivered: 2,
    },
  },
  {
    name: 'overview-new',
    template: 'portal/overview',
    model: {
      ...overview,
      steps: { connected: false, rejected: false, webhook: 'missing', product: false, payment: false },
      can_demo: false,
      orders: [],
      business: noBusiness,
    },
  },
  {
    name: 'overview-ready',
    template: 'portal/overview',
    model: {
      ...overview,
      done: 'no_demo',
      steps: { connected: true, rejected: false, webhook: 'proven', product: true, payment: false },
      can_demo: true,
      orders: [],
      business: { ...business, declines: [], declined: 0 },
    },
  },
]
