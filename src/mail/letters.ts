import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'

/** What one of our letters says; every letter has the same form. */
export type Message = {
  to: string
  subject: string
  heading: string
  paragraphs: string[]
  /** A code, shown large. */
  code?: string | undefined
  /** What it is about, the money ready-made; sums stand below the lines. */
  bill?: { lines: BillLine[]; sums: BillLine[] } | undefined
  /** What follows the code and the bill. */
  closing?: string[] | undefined
  action?: { label: string; url: string } | undefined
  /** Why the reader got this, below the line. */
  footnote: string
  /** The language it is written in; English unless told. */
  language?: string | undefined
  /** The direction it is written in; from left to right unless told. */
  dir?: 'ltr' | 'rtl' | undefined
  /** In whose name: a shop's, or ours. */
  sender?: string | undefined
  /** Where an answer goes; nowhere unless told. */
  reply_to?: string | undefined
}

export type BillLine = { name: string; amount: string }

export type Letter = { to: string; subject: string; text: string; html: string; replyTo?: string }

const eta = new Eta({ views: fileURLToPath(new URL('../../views', import.meta.url)), cache: true })
const plain = new Eta({
  views: fileURLToPath(new URL('../../views', import.meta.url)),
  cache: true,
  autoEscape: false,
})

/** Sets a message as plain text and as HTML. */
export function letterOf(message: Message): Letter {
  const { to, subject, reply_to } = message
  const text = plain.render('mail/text', message)
  const html = eta.render('mail/html', message)
  return { to, subject, text, html, ...(reply_to ? { replyTo: reply_to } : {}) }
}
