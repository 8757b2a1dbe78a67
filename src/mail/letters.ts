import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'

/** What one of our letters says; every letter has the same form. */
export type Message = {
  to: string
  subject: string
  heading: string
  paragraphs: string[]
  /** A one-time code, shown large. */
  code?: string | undefined
  action?: { label: string; url: string } | undefined
  /** Why the reader got this, below the line. */
  footnote: string
}

export type Letter = { to: string; subject: string; text: string; html: string }

const eta = new Eta({ views: fileURLToPath(new URL('../../views', import.meta.url)), cache: true })
const plain = new Eta({
  views: fileURLToPath(new URL('../../views', import.meta.url)),
  cache: true,
  autoEscape: false,
})

/** Sets a message as plain text and as HTML. */
export function letterOf(message: Message): Letter {
  const { to, subject } = message
  return { to, subject, text: plain.render('mail/text', message), html: eta.render('mail/html', message) }
}
