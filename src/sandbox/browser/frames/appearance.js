const themes = {
  stripe: {
    colorPrimary: '#0b62d6',
    colorBackground: '#ffffff',
    colorText: '#30313d',
    colorDanger: '#c8143a',
    borderRadius: '6px',
    fontFamily: 'system-ui, sans-serif',
    fontSizeBase: '16px',
    spacingUnit: '4px',
  },
}
themes.flat = { ...themes.stripe, colorBackground: '#f1f2f5' }
themes.night = {
  ...themes.stripe,
  colorPrimary: '#85d996',
  colorBackground: '#30313d',
  colorText: '#ffffff',
  colorDanger: '#ff9db1',
}

// Stripe's class names for appearance.rules, as far as this page has such a part.
const ruleNames = /^\.(Input|Label|Tab|TabLabel|TabIcon|AccordionItem|Error|Block|TermsText)\b/

/** Draws the frame in the merchant's colours: a theme, its variables, then rules for single parts. */
export function applyAppearance({ theme = 'stripe', variables = {}, rules = {} } = {}, backdrop) {
  const root = document.documentElement
  const values = { ...(themes[theme] ?? themes.stripe), ...variables }
  for (const [name, value] of Object.entries(values)) root.style.setProperty(`--${name}`, String(value))
  root.dataset.theme = theme
  root.style.backgroundColor = backdrop ?? 'transparent'
  applyRules(rules)
}

function applyRules(rules) {
  const sheet = new CSSStyleSheet()
  for (const [selector, declarations] of Object.entries(rules)) {
    if (!ruleNames.test(selector)) continue
    try {
      const rule = sheet.cssRules[sheet.insertRule(`${selector} {}`, sheet.cssRules.length)]
      for (const [name, value] of Object.entries(declarations)) {
        rule.style.setProperty(
          name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`),
          String(value),
        )
      }
    } catch {
      console.warn(`appearance.rules: ${selector} is not a valid selector`)
    }
  }
  document.adoptedStyleSheets = [sheet]
}
