import { Counter, Histogram, Registry } from 'prom-client'

/**
 * What this process has counted since it started. A room names its own figures, where they happen; the metrics door
 * prints them. Labels take few values, all of our own choosing: never an id, and nothing that a caller sends.
 */
export const counted = new Registry()

export function counter<Label extends string>(name: string, help: string, labels: Label[]): Counter<Label> {
  return new Counter({ name: `owntill_${name}`, help, labelNames: labels, registers: [counted] })
}

/** Durations, in seconds. */
export function histogram<Label extends string>(
  name: string,
  help: string,
  labels: Label[],
): Histogram<Label> {
  const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  return new Histogram({ name: `owntill_${name}`, help, labelNames: labels, buckets, registers: [counted] })
}
