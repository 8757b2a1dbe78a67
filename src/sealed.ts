import { sealedMails } from './mail/mail.ts'
import { sealedNotificationSecrets, sealedPreviousSecrets } from './notifications/signing.ts'
import { sealedClientSecrets } from './orders/keep.ts'
import { sealedSigningSecrets } from './stores/endpoints.ts'
import { sealedKeys } from './stripe/stripe.ts'
import type { SealedColumn } from './vault/rotation.ts'

/** Every column of the database that holds sealed secrets: what `owntill keys rotate` goes through. */
export const SEALED: readonly SealedColumn[] = [
  sealedKeys,
  sealedSigningSecrets,
  sealedClientSecrets,
  sealedMails,
  sealedNotificationSecrets,
  sealedPreviousSecrets,
]
