/** A shopper does not wait longer than this for words: English then has to do. */
const WORDS_WITHIN = 5_000

/**
 * The texts in the language nearest to a tag, { locale, dir, texts }: the service knows which that is. English is
 * at hand, and is what is spoken when nothing better comes.
 */
export async function speak(origin, tag, english) {
  const spoken = { locale: 'en', texts: english }
  if (/^en\b/.test(tag)) return spoken
  try {
    const answer = await fetch(`${origin}/widget/${tag}.json`, {
      credentials: 'omit',
      signal: AbortSignal.timeout(WORDS_WITHIN),
    })
    return answer.ok ? await answer.json() : spoken
  } catch {
    return spoken
  }
}

/** A language tag in its right form, or nothing for what is none ("en_US" is meant as one). */
export function languageTag(text) {
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0]
  } catch {
    return undefined
  }
}
