// Answers that explain the figures: diagnosis, advice, forecast. A server without one of them answers 404 for the path,
// which is "not told", never a figure of ours.
import { raw, type Rate } from '../api/client'
import { isFailure } from '../api/failure'
import type { FailureCause, FailureClass, Band } from './words'

export interface Forecast {
  campaign_id: string
  as_of: string
  state: string
  finish: { p10: string; p50: string; p90: string } | null
  already: string | null
  never: { sentence: string; reason: string; lead_query: string } | null
  sentence: string
  next_send_at: string | null
  remaining: { leads: number; messages_expected: { p10: number; p50: number; p90: number } }
  series: { date: string; p10: number; p50: number; p90: number }[]
  assumptions: string[]
  paused_note: string | null
}

export interface Slice {
  by: 'account' | 'collection' | 'load' | 'variant' | 'step'
  value: string
  label: string
  id: string | null
  attempts: number
  failures: number
  expected: number
  rate: Rate
  times_expected: number | null
}
export interface Cause {
  cause: FailureCause
  title: string
  sentence: string
  remedy: string
  probability: number
  failures: { n: number; of: number }
  share: number
  slice: Slice | null
  codes: { class: FailureClass; code: string | null; n: number }[]
  first_at: string | null
  last_at: string | null
  samples: { id: string; name: string; text: string | null }[]
  leads_query: string
  link: string | null
}
export interface Diagnosis {
  campaign_id: string
  as_of: string
  version: number
  verdict: 'healthy' | 'not_enough_evidence' | 'causes' | 'mixed'
  sentence: string
  delivery: Rate
  band: Band
  baseline: { rate: number | null; source: string } | null
  needed: number | null
  causes: Cause[]
  slices: Slice[]
  others: { class: FailureClass; title: string; n: number; share: number; sentence: string }[]
  ties: string[]
}

export interface Advice {
  items: {
    figure: 'delivery' | 'response' | 'conversion'
    title: string
    sentence: string
    evidence: { text: string; value: string | number | null; link: string | null }[]
    action: { label: string; link: string } | null
  }[]
  nothing: string | null
}

async function told<T>(path: string, signal?: AbortSignal): Promise<T | null> {
  try {
    return await raw<T>('GET', path, undefined, signal)
  } catch (error) {
    if (isFailure(error) && (error.status === 404 || error.status === 405)) return null
    throw error
  }
}

export const forecast = (id: string, signal?: AbortSignal) => told<Forecast>(`/api/v1/campaigns/${id}/forecast`, signal)
export const diagnosis = (id: string, signal?: AbortSignal) => told<Diagnosis>(`/api/v1/campaigns/${id}/diagnosis`, signal)
export const advice = (id: string, signal?: AbortSignal) => told<Advice>(`/api/v1/campaigns/${id}/advice`, signal)
