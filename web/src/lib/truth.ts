// Answers that explain the figures: diagnosis, advice, forecast. A server without one of them answers 404 for the path,
// which is "not told", never a figure of ours.
import { raw, type Schemas } from '../api/client'
import { isFailure } from '../api/failure'

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

export type Diagnosis = Schemas['Diagnosis']
export type Advice = Schemas['AdviceList']

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
