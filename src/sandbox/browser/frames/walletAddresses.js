/** Whose wallet it is. */
export const shopper = {
  name: 'Ada Wallet',
  email: 'ada.wallet@example.com',
  address: {
    line1: '510 Townsend St',
    line2: null,
    city: 'San Francisco',
    state: 'CA',
    postal_code: '94103',
    country: 'US',
  },
}

const addresses = [
  shopper.address,
  {
    line1: '350 Fifth Avenue',
    line2: null,
    city: 'New York',
    state: 'NY',
    postal_code: '10118',
    country: 'US',
  },
  {
    line1: 'Unter den Linden 77',
    line2: null,
    city: 'Berlin',
    state: '',
    postal_code: '10117',
    country: 'DE',
  },
  {
    line1: '221B Baker Street',
    line2: null,
    city: 'London',
    state: '',
    postal_code: 'NW1 6XE',
    country: 'GB',
  },
]

/** Those of the shopper's addresses that the page ships to; somewhere in the first country if there is none. */
export function addressesIn(countries) {
  if (!countries) return addresses
  const there = addresses.filter(({ country }) => countries.includes(country))
  if (there.length > 0) return there
  return [{ ...shopper.address, line1: '1 Main Street', city: 'Capital', state: '', country: countries[0] }]
}
