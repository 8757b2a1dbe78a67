import { inspect } from 'node:util'

/**
 * A secret that cannot be printed by accident: `String()`, `JSON.stringify` and `inspect` all say `[secret]`.
 * Only `reveal` unwraps it, so `git grep reveal` lists every place that handles plain text.
 */
export class Secret {
  readonly #plain: string

  constructor(plain: string) {
    this.#plain = plain
  }

  static reveal(secret: Secret): string {
    return secret.#plain
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}

export const reveal = Secret.reveal
