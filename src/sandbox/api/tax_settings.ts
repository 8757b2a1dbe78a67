import type Stripe from 'stripe'
import { type Books, collection } from '../engine/books.ts'
import { emit } from '../engine/events.ts'
import { address, expand, form, must, one, text } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { operation, type Resource } from '../engine/resource.ts'
import { fullAddress } from '../payments/method_details.ts'

type Settings = Stripe.Tax.Settings

/** An account has one of them, which has no id at Stripe's. */
const TaxSettings = collection<{ id: string }, Settings>({
  url: '/v1/tax/settings',
  noun: 'tax settings',
  prefix: 'tax_settings_',
})
const THE_ONE = 'tax_settings_of_the_account'

/** The settings of an account; as long as nobody has set anything they lack the head office. */
export function taxSettings(books: Books): Settings {
  const shelf = books.of(TaxSettings)
  if (!shelf.find(THE_ONE)) {
    shelf.put(
      { id: THE_ONE },
      {
        object: 'tax.settings',
        defaults: { provider: 'stripe', tax_behavior: null, tax_code: null },
        head_office: null,
        livemode: books.livemode,
        status: 'pending',
        status_details: { pending: { missing_fields: ['head_office'] } },
      },
    )
  }
  return shelf.note(THE_ONE)
}

/** Refuses whatever needs Stripe Tax as long as it is not set up. */
export function needActiveTax(books: Books): Settings {
  const settings = taxSettings(books)
  if (settings.status === 'active') return settings
  throw invalid(
    'Stripe Tax has not been activated on your account. Please visit https://dashboard.stripe.com/settings/tax to get started.',
    { code: 'stripe_tax_inactive' },
  )
}

export const taxSettingsResource: Resource = {
  operations: [
    operation<Stripe.Tax.SettingsRetrieveParams>({
      method: 'GET',
      path: TaxSettings.url,
      needs: 'tax.read',
      params: { expand },
      run: call => taxSettings(call.books),
    }),
    operation<Stripe.Tax.SettingsUpdateParams>({
      method: 'POST',
      path: TaxSettings.url,
      needs: 'tax.write',
      params: {
        defaults: form<Stripe.Tax.SettingsUpdateParams.Defaults>({
          tax_behavior: one('exclusive', 'inclusive', 'inferred_by_currency'),
          tax_code: text(),
        }),
        expand,
        head_office: form<Stripe.Tax.SettingsUpdateParams.HeadOffice>({ address: must(address) }),
      },
      run(call) {
        const settings = taxSettings(call.books)
        const { defaults, head_office } = call.params
        if (head_office && !head_office.address.country) {
          throw invalid('Missing required param: head_office[address][country].', {
            code: 'parameter_missing',
            param: 'head_office[address][country]',
          })
        }
        const before = { ...settings }
        if (defaults) settings.defaults = { ...settings.defaults, ...defaults }
        if (head_office) settings.head_office = { address: fullAddress(head_office.address) }
        if (settings.head_office) {
          settings.status = 'active'
          settings.status_details = { active: {} }
        }
        emit(call, 'tax.settings.updated', settings, before)
        return settings
      },
    }),
  ],
}
