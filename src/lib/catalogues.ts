import ar from './locales/ar.json' with { type: 'json' }
import bg from './locales/bg.json' with { type: 'json' }
import cs from './locales/cs.json' with { type: 'json' }
import da from './locales/da.json' with { type: 'json' }
import de from './locales/de.json' with { type: 'json' }
import el from './locales/el.json' with { type: 'json' }
import en from './locales/en.json' with { type: 'json' }
import es from './locales/es.json' with { type: 'json' }
import fi from './locales/fi.json' with { type: 'json' }
import fr from './locales/fr.json' with { type: 'json' }
import he from './locales/he.json' with { type: 'json' }
import hr from './locales/hr.json' with { type: 'json' }
import hu from './locales/hu.json' with { type: 'json' }
import it from './locales/it.json' with { type: 'json' }
import ja from './locales/ja.json' with { type: 'json' }
import ko from './locales/ko.json' with { type: 'json' }
import merchantDe from './locales/merchant/de.json' with { type: 'json' }
import merchantEn from './locales/merchant/en.json' with { type: 'json' }
import nb from './locales/nb.json' with { type: 'json' }
import nl from './locales/nl.json' with { type: 'json' }
import pl from './locales/pl.json' with { type: 'json' }
import ptBR from './locales/pt-BR.json' with { type: 'json' }
import ptPT from './locales/pt-PT.json' with { type: 'json' }
import ro from './locales/ro.json' with { type: 'json' }
import ru from './locales/ru.json' with { type: 'json' }
import sk from './locales/sk.json' with { type: 'json' }
import sv from './locales/sv.json' with { type: 'json' }
import tr from './locales/tr.json' with { type: 'json' }
import zh from './locales/zh.json' with { type: 'json' }
import zhTW from './locales/zh-TW.json' with { type: 'json' }

export type ShopperTexts = typeof en
export type MerchantTexts = typeof merchantEn

/**
 * What shoppers read, by language, as BCP 47 and Intl name it: Portuguese is Brazil's unless said otherwise, and
 * Chinese is written in simplified characters. The compiler says that each has every text of English; a test says
 * so for their arguments and plurals.
 */
export const shopperTexts = {
  ar,
  bg,
  cs,
  da,
  de,
  el,
  en,
  es,
  fi,
  fr,
  he,
  hr,
  hu,
  it,
  ja,
  ko,
  nb,
  nl,
  pl,
  'pt-BR': ptBR,
  'pt-PT': ptPT,
  ro,
  ru,
  sk,
  sv,
  tr,
  zh,
  'zh-TW': zhTW,
} as const satisfies Record<string, ShopperTexts>

/** What merchants read. */
export const merchantTexts = { de: merchantDe, en: merchantEn } as const satisfies Record<
  string,
  MerchantTexts
>

export type Locale = keyof typeof shopperTexts

export const locales = Object.keys(shopperTexts) as Locale[]
export const merchantLocales = Object.keys(merchantTexts) as Locale[]
