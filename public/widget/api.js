const PATIENCE = 20_000

// What went wrong, by the problem's type, in the words of the texts.
const reasons = {
  'store-not-connected': 'closed',
  'amount-out-of-range': 'range',
  'nothing-to-pay': 'gone',
  'too-many-requests': 'busy',
  'not-found': 'missing',
  'bad-input': 'setup',
}

/** Why something did not work: `reason` is a text's name, `gone` the places of lines that are not sold. */
export class Refusal extends Error {
  constructor(reason, detail, errors = []) {
    super(detail)
    this.gone = errors
      .flatMap(({ pointer }) => pointer.match(/^\/lines\/(\d+)\/(?:product|variant)_id$/)?.[1] ?? [])
      .map(Number)
    this.reason = this.gone.length > 0 ? 'gone' : reason
    this.errors = errors
  }
}

/** Calls to the cart API at `origin`, which answers in the language of `locale`. They throw Refusal. */
export function connect(origin, locale) {
  return async function ask(method, path, body) {
    let answer
    try {
      answer = await fetch(origin + path, {
        method,
        cache: 'no-store',
        credentials: 'omit',
        headers: { 'accept-language': locale, ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
      })
    } catch {
      throw await unanswered(origin)
    }
    const said = await answer.json().catch(() => ({}))
    if (answer.ok) return said
    const type = said.type?.split(':').at(-1)
    throw new Refusal(reasons[type] ?? 'ours', said.detail ?? said.title, said.errors)
  }
}

// A browser hides why it gave us no answer. If the service can be reached at all, it was the store's list.
async function unanswered(origin) {
  try {
    await fetch(`${origin}/widget.js`, {
      method: 'HEAD',
      mode: 'no-cors',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE),
    })
  } catch {
    return new Refusal('network', `${origin} cannot be reached`)
  }
  return new Refusal('setup', `${location.origin} is not on the list of origins of this store: add it there`)
}
