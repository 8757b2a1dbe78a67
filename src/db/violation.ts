/** Whether the database refused a row because of this unique constraint or index. */
export function isViolation(error: unknown, constraint: string): boolean {
  const { code, constraint: broken } = error as { code?: unknown; constraint?: unknown }
  return code === '23505' && broken === constraint
}
