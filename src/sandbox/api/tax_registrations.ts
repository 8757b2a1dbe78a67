import type Stripe from 'stripe'
import { type Books, collection } from '../engine/books.ts'
import { newId, now } from '../engine/ids.ts'
import { clearable, expand, int, must, one, paging, type Rule, text } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { listing, operation, type Resource, retrieving } from '../engine/resource.ts'
import { EU, type Place } from '../tax/places.ts'

type Registration = Stripe.Tax.Registration
type Create = Stripe.Tax.RegistrationCreateParams
type CountryOptions = Stripe.Tax.RegistrationCreateParams.CountryOptions
type Options = { type?: string; state?: string }

const TaxRegistrations = collection<Registration>({
  url: '/v1/tax/registrations',
  noun: 'tax registration',
  prefix: 'taxreg_',
})

/** Whether the account collects tax at a place: it is registered there, or for the whole European Union. */
export function collectsAt(books: Books, { country, state }: Place): boolean {
  for (const registration of books.of(TaxRegistrations).newest()) {
    if (statusOf(registration) !== 'active') continue
    const options = optionsOf(registration)
    if (options.type === 'oss_union' && EU.has(country)) return true
    if (registration.country === country && (country !== 'US' || options.state === state)) return true
  }
  return false
}

const optionsOf = ({ country, country_options }: Pick<Registration, 'country' | 'country_options'>) =>
  ((country_options as Record<string, Options>)[country.toLowerCase()] ?? {}) as Options

function statusOf({ active_from, expires_at }: Pick<Registration, 'active_from' | 'expires_at'>) {
  if (active_from > now()) return 'scheduled'
  return expires_at !== null && expires_at <= now() ? 'expired' : 'active'
}

/** One country's options, under its code. There is a type for each country; all have their `type`. */
const countryOptions: Rule<CountryOptions> = {
  read(value, name) {
    if (value && typeof value === 'object' && !Array.isArray(value)) return value as CountryOptions
    throw invalid('Invalid object', { param: name })
  },
}

const activeFrom: Rule<'now' | number> = {
  read: (value, name) => (value === 'now' ? 'now' : int(0).read(value, name)),
}

/** Where an account is registered to collect tax. */
export const taxRegistrations: Resource = {
  operations: [
    operation<Create>({
      method: 'POST',
      path: TaxRegistrations.url,
      needs: 'tax.write',
      params: {
        active_from: must(activeFrom),
        country: must(text(2)),
        country_options: must(countryOptions),
        expand,
        expires_at: int(0),
      },
      run(call) {
        const { params, books } = call
        const made: Registration = {
          id: newId('taxreg_'),
          object: 'tax.registration',
          active_from: params.active_from === 'now' ? now() : params.active_from,
          country: params.country.toUpperCase(),
          country_options: params.country_options as Registration['country_options'],
          created: now(),
          expires_at: params.expires_at ?? null,
          livemode: books.livemode,
          status: 'active',
        }
        checkOptions(made)
        made.status = statusOf(made)
        return books.of(TaxRegistrations).put(made)
      },
    }),
    retrieving(TaxRegistrations, 'tax.read'),
    operation<Stripe.Tax.RegistrationUpdateParams>({
      method: 'POST',
      path: `${TaxRegistrations.url}/:id`,
      needs: 'tax.write',
      params: {
        active_from: activeFrom,
        expand,
        expires_at: clearable({
          read: (value, name) => (value === 'now' ? now() : int(0).read(value, name)),
        }),
      },
      run(call) {
        const registration = call.books.need(TaxRegistrations, call.path.id!)
        const { active_from, expires_at } = call.params
        if (active_from !== undefined) registration.active_from = active_from === 'now' ? now() : active_from
        if (expires_at !== undefined) registration.expires_at = (expires_at as number) || null
        registration.status = statusOf(registration)
        return registration
      },
    }),
    listing<Stripe.Tax.RegistrationListParams, Registration>(
      TaxRegistrations,
      'tax.read',
      { ...paging, expand, status: one('active', 'all', 'expired', 'scheduled') },
      (registration, { status = 'all' }) => status === 'all' || statusOf(registration) === status,
    ),
  ],
}

function checkOptions(made: Registration): void {
  const country = made.country.toLowerCase()
  const options = optionsOf(made)
  const lacking = (field: string) => {
    const param = `country_options[${country}]${field}`
    return invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  }
  if (!(country in made.country_options)) throw lacking('')
  if (!options.type) throw lacking('[type]')
  if (made.country === 'US' && !options.state) throw lacking('[state]')
}
