import type { Mode } from '../lib/mode.ts'
import type { FieldError } from '../lib/problem.ts'
import { Secret } from '../lib/secret.ts'

type KeyFields = { publishable_key: string; secret_key: string; webhook_secret?: string | undefined }

export type KeyPair = {
  mode: Mode
  key_kind: 'secret' | 'restricted'
  publishable_key: string
  secret_key: Secret
  webhook_secret: Secret | undefined
}

// What people paste, by how it begins, in the words of Stripe's dashboard.
const KINDS: [RegExp, string][] = [
  [/^pk_/, 'a publishable key (pk_…)'],
  [/^sk_/, 'a secret key (sk_…)'],
  [/^rk_/, 'a restricted key (rk_…)'],
  [/^whsec_/, 'a webhook signing secret (whsec_…)'],
  [/^we_/, "a webhook endpoint's id (we_…)"],
  [/^acct_/, "an account's id (acct_…)"],
]
const kindOf = (text: string): string | undefined => KINDS.find(([pattern]) => pattern.test(text))?.[1]

const PUBLISHABLE = /^pk_(test|live)_[A-Za-z0-9]{10,240}$/
const SECRET = /^(sk|rk)_(test|live)_[A-Za-z0-9]{10,240}$/
const SIGNING = /^whsec_[A-Za-z0-9+/=_-]{10,240}$/

type Field = keyof KeyFields

const WANTED: Record<Field, { shape: RegExp; prefix: RegExp; name: string }> = {
  publishable_key: {
    shape: PUBLISHABLE,
    prefix: /^pk_/,
    name: 'the publishable key, which begins with pk_test_ or pk_live_',
  },
  secret_key: {
    shape: SECRET,
    prefix: /^[sr]k_/,
    name: 'a restricted or secret key, which begins with rk_ or sk_',
  },
  webhook_secret: { shape: SIGNING, prefix: /^whsec_/, name: 'the signing secret, which begins with whsec_' },
}

/**
 * Reads what was pasted into the connect form, before anything is asked of Stripe: each mix-up is named at its
 * field. What was typed is never repeated in an error.
 */
export function readKeys(fields: KeyFields): { keys: KeyPair } | { errors: FieldError[] } {
  const publishable = fields.publishable_key.trim()
  const secret = fields.secret_key.trim()
  const signing = fields.webhook_secret?.trim() || undefined

  const errors: FieldError[] = []
  const check = (field: Field, text: string) => {
    const detail = wrongWith(field, text)
    if (detail) errors.push({ pointer: `/${field}`, detail })
  }
  check('publishable_key', publishable)
  check('secret_key', secret)
  if (signing !== undefined) check('webhook_secret', signing)
  if (errors.length > 0) return { errors }

  const mode = PUBLISHABLE.exec(publishable)![1] as Mode
  const [, prefix, secretMode] = SECRET.exec(secret)!
  if (mode !== secretMode) {
    const detail = `This is a ${secretMode} mode key, but the publishable key is a ${mode} mode key. Copy both from the same mode.`
    return { errors: [{ pointer: '/secret_key', detail }] }
  }
  return {
    keys: {
      mode,
      key_kind: prefix === 'rk' ? 'restricted' : 'secret',
      publishable_key: publishable,
      secret_key: new Secret(secret),
      webhook_secret: signing === undefined ? undefined : new Secret(signing),
    },
  }
}

/** Reads a webhook signing secret that was pasted alone, or says what was pasted instead. */
export function readSigningSecret(pasted: string): { secret: Secret } | { detail: string } {
  const text = pasted.trim()
  const detail = wrongWith('webhook_secret', text)
  return detail ? { detail } : { secret: new Secret(text) }
}

function wrongWith(field: Field, text: string): string | undefined {
  const { shape, prefix, name } = WANTED[field]
  if (shape.test(text)) return undefined
  if (text === '') return `Paste ${name}.`
  // Zero-width and other invisible characters come along with text copied from chats and documents.
  if (/[\s\p{Cf}\p{Zs}]/u.test(text)) {
    return 'There is a blank or an invisible character inside. Copy it again with the copy button at Stripe.'
  }
  const pasted = kindOf(text)
  if (pasted && !prefix.test(text)) return `This is ${pasted}. Here belongs ${name}.`
  return pasted
    ? 'This key is not complete. Copy it again.'
    : `This is not a Stripe key. Here belongs ${name}.`
}
