/** One entry of `errors`: a JSON pointer (or form field) and what is wrong there. */
export type FieldError = { pointer: string; detail: string }

/**
 * Something a caller can act on. Everything else that is thrown is a bug and answers 500 without detail.
 * Rendered as `application/problem+json` (RFC 9457) by the API scope and as a page by the page scope.
 */
export class Problem extends Error {
  readonly type: string
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly errors: FieldError[] | undefined
  readonly retryAfter: number | undefined

  constructor(
    kind: { type: string; status: number; title: string },
    more: { detail?: string; errors?: FieldError[]; retryAfter?: number } = {},
  ) {
    super(more.detail ? `${kind.title}: ${more.detail}` : kind.title)
    this.name = 'Problem'
    this.type = kind.type
    this.status = kind.status
    this.title = kind.title
    this.detail = more.detail
    this.errors = more.errors
    this.retryAfter = more.retryAfter
  }

  /** The body that crosses the wire. */
  get body() {
    const { type, title, status, detail, errors } = this
    return { type: `urn:owntill:problem:${type}`, title, status, detail, errors }
  }
}

type More = string | { detail?: string; errors?: FieldError[]; retryAfter?: number }

/** Names a problem once, in the room that throws it: `throw new NothingLeftToRefund('…')`. */
export function problem(type: string, status: number, title: string) {
  return class extends Problem {
    constructor(more?: More) {
      super({ type, status, title }, typeof more === 'string' ? { detail: more } : more)
    }
  }
}

export const NotFound = problem('not-found', 404, 'Not found')
export const BadInput = problem('bad-input', 422, 'Something in the request is not right')
export const MalformedRequest = problem('malformed-request', 400, 'The request could not be read')
export const TooManyRequests = problem('too-many-requests', 429, 'Too many requests')
export const Unavailable = problem('unavailable', 503, 'The service is busy, please try again')
export const InternalError = problem('internal-error', 500, 'Something went wrong on our side')
