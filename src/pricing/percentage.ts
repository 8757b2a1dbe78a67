/**
 * Reads an exact percentage ("8.875") as an integer with so many decimals: 88 750 with four (millionths), 888 is
 * refused with two. Undefined for what is not a plain decimal number, is finer, or is more than 100 %.
 */
export function parsePercentage(text: string, decimals: number): number | undefined {
  const match = /^(\d{1,3})(?:\.(\d+))?$/.exec(text)
  if (!match) return undefined
  const [, whole = '', fraction = ''] = match
  if (fraction.length > decimals) return undefined
  const value = Number(whole + fraction.padEnd(decimals, '0'))
  return value <= 100 * 10 ** decimals ? value : undefined
}

/** The same as people write it: 88 750 with four decimals is "8.875". */
export function toPercentage(value: number, decimals: number): string {
  const digits = String(value).padStart(decimals + 1, '0')
  const fraction = digits.slice(-decimals).replace(/0+$/, '')
  return fraction ? `${digits.slice(0, -decimals)}.${fraction}` : digits.slice(0, -decimals)
}
