import type { Resource } from '../engine/resource.ts'

/** Everything the sandbox can do, one line per resource. */
export const resources: Resource[] = []
