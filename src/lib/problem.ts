/** One entry of `errors`: a JSON pointer (or form field) and what is wrong there. */
export type FieldError = { pointer: string; detail: string }

/** What names a problem: its type, its HTTP status, and its title for people. */
type Kind = { type: string; status: number; title: string }

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

  constructor(kind: Kind, more: { detail?: string; errors?: FieldError[]; retryAfter?: number } = {}) {
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
    return { type: problemType(type), title, status, detail, errors }
  }
}

/** How a problem's type reads on the wire. */
export const problemType = (type: string): string => `urn:owntill:problem:${type}`

type More = string | { detail?: string; errors?: FieldError[]; retryAfter?: number }

/** Names a problem once, in the room that throws it: `throw new NothingLeftToRefund('…')`. */
export function problem(type: string, status: number, title: string) {
  const kind: Kind = { type, status, title }
  return class extends Problem {
    static readonly kind = kind

    constructor(more?: More) {
      super(kind, typeof more === 'string' ? { detail: more } : more)
    }
  }
}

/** A problem with a name, as rooms declare and doors announce it. */
export type NamedProblem = ReturnType<typeof problem>

export const NotFound = problem('not-found', 404, 'Not found')
export const BadInput = problem('bad-input', 422, 'Something in the request is not right')
export const MalformedRequest = problem('malformed-request', 400, 'The request could not be read')
export const TooManyRequests = problem('too-many-requests', 429, 'Too many requests')
export const Unavailable = problem('unavailable', 503, 'The service is busy, please try again')
export const InternalError = problem('internal-error', 500, 'Something went wrong on our side')
