// How an import goes, in words and figures. Pure.
import type { Schemas } from '../api/client'
import { duration } from './format'

export type Job = Schemas['ImportJob']

export const JOB_STATE: Record<Job['state'], { word: string; tone: 'good' | 'warn' | 'bad' | 'off' | 'info' }> = {
  running: { word: 'Importing', tone: 'info' },
  done: { word: 'Complete', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  interrupted: { word: 'Cut off', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'off' },
}

/** Bytes a second and seconds to go, from what went through in how long; null while that says too little. */
export function pace(done: number, total: number | null, seconds: number): { rate: number | null; eta: number | null } {
  if (seconds < 1 || done <= 0) return { rate: null, eta: null }
  const rate = done / seconds
  return { rate, eta: total === null ? null : Math.max(0, total - done) / rate }
}

export function etaText(eta: number | null): string {
  return eta === null ? '' : eta < 1 ? 'almost done' : `about ${duration(Math.ceil(eta))} left`
}
