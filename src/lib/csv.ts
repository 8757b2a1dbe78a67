export type Cell = string | null

/** How a file begins: spreadsheets take it for UTF-8 only when it says so itself. */
export const MARK = '\ufeff'

/** A row of a file, as RFC 4180 has it. */
export const rowOf = (cells: Cell[]): string => `${cells.map(cell => quoted(cell ?? '')).join(',')}\r\n`

/**
 * What a spreadsheet would take for a formula is marked as text: shoppers choose their address, and partners their
 * references. https://owasp.org/www-community/attacks/CSV_Injection
 */
function quoted(cell: string): string {
  const text = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell
  return /[",;\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
