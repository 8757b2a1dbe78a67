import type { Sample } from './sample-store.ts'

const id = '0192f0c1-0000-7000-8000-000000000001'
const frame = {
  base: `/portal/${id}`,
  section: 'pricing',
  store: { id, name: 'Fern & Kettle', mode: 'test', taxes: 'rates', logo_url: null },
  owner: { email: 'owner@example.com' },
  has_other_stores: false,
}
const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerk “Limited”'
const terms = [
  { id: 'standard', name: 'Standard', more: 'DE, AT · free from €50.00', value: '€4.90', active: true },
  { id: 'long', name: long, more: 'All countries', value: '€1,299.90', active: false },
]
const form = { ...frame, currency: 'EUR' }
const term = { id: 'x', name: long, active: false }

const lists: Sample[] = [
  ...['shipping', 'discounts', 'taxes'].map(kind => ({ kind, some: false })),
  { kind: 'shipping', some: true },
].map(({ kind, some }) => ({
  name: `portal-pricing-${kind}${some ? '-some' : ''}`,
  template: 'portal/pricing',
  model: {
    ...frame,
    title: 'Pricing',
    kind,
    terms: some ? terms : [],
    done: some ? 'term' : undefined,
    first: true,
    next_cursor: some ? 'x' : null,
  },
}))

const forms: Sample[] = [
  {
    template: 'shipping-rate',
    kind: 'shipping',
    values: { name: long, amount: '4.90', countries: 'DE, XX' },
    errors: { countries: 'This is not the code of a country that can be shipped to.' },
  },
  {
    template: 'discount',
    kind: 'discounts',
    values: { percentage: '15', amount: '3', once_per_customer: 'on', ends_at: '2026-12-24T18:00' },
    errors: { percentage: 'Give either a percentage or an amount.' },
  },
  {
    template: 'tax-rate',
    kind: 'taxes',
    values: { name: 'VAT', percentage: '19', inclusive: 'no', tax_class: 'books', shipping: 'on' },
    errors: { shipping: 'The rate without a tax class says whether shipping is taxed.' },
  },
].flatMap(({ template, kind, values, errors }) => [
  {
    name: `portal-pricing-${template}-new`,
    template: `portal/${template}`,
    model: { ...form, title: 'New', kind, values: { active: 'on', inclusive: 'yes' }, errors: {} },
  },
  {
    name: `portal-pricing-${template}-wrong`,
    template: `portal/${template}`,
    model: { ...form, title: long, kind, term, values, errors },
  },
])

/** The pages of what is added to a price and taken off it. */
const method = {
  taxes: 'rates',
  tax_inclusive: 'no',
  active: true,
  standing: 'Stripe Tax is active.',
  dashboard: 'https://dashboard.stripe.com/test/settings/tax',
  mode: 'test',
}
const refused = 'Finish setting up Stripe Tax in your Stripe dashboard; it lacks: head office.'
const methods: Sample[] = [
  { name: 'portal-tax-method', method },
  {
    name: 'portal-tax-method-refused',
    method: { ...method, taxes: 'stripe', active: false, standing: refused, refused },
  },
].map(({ name, method }) => ({
  name,
  template: 'portal/tax-method',
  model: { ...frame, title: 'Who works out the taxes', kind: 'taxes', method },
}))

export const pricingSamples = [...lists, ...forms, ...methods]
