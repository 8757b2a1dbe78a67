/** An answer of the sandbox's pages. */
export interface Page {
  status: number
  headers: Record<string, string>
  body: string
}
