/** `{a: {b: 1}, c: [2]}` as Stripe's form encoding: `a[b]=1&c[0]=2`. Undefined and null are left out. */
function formEncode(params) {
  const form = new URLSearchParams()
  const add = (name, value) => {
    if (value === undefined || value === null) return
    if (typeof value !== 'object') form.append(name, String(value))
    else for (const key of Object.keys(value)) add(`${name}[${key}]`, value[key])
  }
  for (const key of Object.keys(params)) add(key, params[key])
  return form
}

/** Calls /v1 at `origin` with the publishable key. Answers `{object}` or `{error}`, never throws. */
export async function request(origin, credentials, method, path, params = {}) {
  const form = formEncode(params)
  const url = new URL(path, origin)
  if (method === 'GET') url.search = form.toString()
  const headers = { authorization: `Bearer ${credentials.key}` }
  if (credentials.stripeAccount) headers['stripe-account'] = credentials.stripeAccount
  if (credentials.apiVersion) headers['stripe-version'] = credentials.apiVersion
  try {
    const answer = await fetch(url, { method, headers, body: method === 'POST' ? form : undefined })
    const body = await answer.json()
    return answer.ok ? { object: body } : { error: body.error }
  } catch {
    return {
      error: {
        type: 'api_connection_error',
        message: 'We could not reach the payment provider. Please check your connection and try again.',
      },
    }
  }
}
