import type { Message } from '../mail/letters.ts'

/** The letter that carries a code, which works for so many minutes. */
export const codeMessage = (to: string, code: string, minutes: number): Message => ({
  to,
  subject: `${code} is your sign-in code`,
  heading: 'Your sign-in code',
  paragraphs: ['Type this code into the page where you asked for it:'],
  code,
  footnote: `It works once, for ${minutes} minutes, and only in the browser that asked for it. If that was not you, ignore this mail: nobody can sign in without the code. We never ask for it by phone or mail.`,
})
