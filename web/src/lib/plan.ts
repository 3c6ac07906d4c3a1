// The plan of a campaign as a form holds it: from and to what the API takes, what is wrong where, and the step of the
// form that shows it. Pure.
import type { Campaign, Schemas } from '../api/client'
import { WEEKDAYS } from './words'

export const STEPS = ['leads', 'accounts', 'messages', 'schedule', 'review'] as const
export type FormStep = (typeof STEPS)[number]
export type Unit = 'minutes' | 'hours' | 'days'
type Problems = Record<string, string[]>

export interface VariantForm {
  id: string | null
  name: string
  body: string
  weight: string
}
export interface StepForm {
  delay: string
  unit: Unit
  variants: VariantForm[]
}
export interface PlanForm {
  name: string
  collections: string[]
  accounts: string[]
  steps: StepForm[]
  hours: {
    limited: boolean
    timezone: string
    lead_timezone: boolean
    days: Record<string, [string, string][]>
  }
  daily_limit: string
  attribution_days: string
}

export function newVariant(name: string, body = ''): VariantForm {
  return { id: null, name, body, weight: '1' }
}
/** A, B, ... as the server names them. */
export function variantName(taken: readonly VariantForm[]): string {
  for (let i = 0; ; i += 1) {
    const name = i < 26 ? String.fromCharCode(65 + i) : `A${i}`
    if (!taken.some((one) => one.name === name)) return name
  }
}
export function newStep(first: boolean): StepForm {
  return { delay: first ? '0' : '2', unit: 'days', variants: [newVariant('A')] }
}
const office = (): [string, string][] => [['09:00', '17:00']]
export function emptyPlan(zone: string): PlanForm {
  const days = Object.fromEntries(WEEKDAYS.map((day) => [day, day === 'sat' || day === 'sun' ? [] : office()]))
  return {
    name: '', collections: [], accounts: [], steps: [newStep(true)], daily_limit: '', attribution_days: '30',
    hours: { limited: false, timezone: zone, lead_timezone: false, days },
  }
}

const SECONDS: Record<Unit, number> = { days: 86_400, hours: 3600, minutes: 60 }
/** "P2D" as 2 days; the largest unit that it is a whole number of. Seconds are rounded up to minutes. */
export function delayOf(iso: string): { delay: string; unit: Unit } {
  const match = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(iso)
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = (match?.slice(1) ?? []).map((part) => Number(part ?? 0))
  const total = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
  const unit = (['days', 'hours', 'minutes'] as const).find((one) => total > 0 && total % SECONDS[one] === 0) ?? (total === 0 ? 'days' : 'minutes')
  return { delay: String(Math.ceil(total / SECONDS[unit])), unit }
}
export function isoOf({ delay, unit }: Pick<StepForm, 'delay' | 'unit'>): string {
  return unit === 'days' ? `P${Number(delay)}D` : `PT${Number(delay)}${unit === 'hours' ? 'H' : 'M'}`
}

export function planOf(campaign: Campaign, zone: string): PlanForm {
  const hours = campaign.active_hours
  return {
    name: campaign.name,
    collections: campaign.collections.map(({ id }) => id),
    accounts: campaign.accounts.map(({ id }) => id),
    steps: campaign.steps.map(({ delay, variants }) => ({
      ...delayOf(delay),
      variants: variants.map(({ id, name, body, weight }) => ({ id, name, body, weight: String(weight) })),
    })),
    hours: hours === null
      ? emptyPlan(zone).hours
      : {
          limited: true, timezone: hours.timezone, lead_timezone: hours.lead_timezone ?? false,
          days: Object.fromEntries(WEEKDAYS.map((day) => [day, (hours.days[day] ?? []).map(([from, to]) => [from, to] as [string, string])])),
        },
    daily_limit: campaign.daily_limit === null ? '' : String(campaign.daily_limit),
    attribution_days: String(campaign.attribution_days),
  }
}

const whole = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : NaN)

/** What is wrong, under the names that the API uses. `start`: also what is missing to start. */
export function problemsOf(plan: PlanForm, start: boolean): Problems {
  const problems: Problems = {}
  const add = (name: string, text: string) => (problems[name] = [...(problems[name] ?? []), text])
  if (plan.name.trim() === '') add('name', 'Required')
  if (start && plan.collections.length === 0) add('collection_ids', 'Choose at least one collection')
  if (start && plan.accounts.length === 0) add('account_ids', 'Choose at least one account')
  if (start && plan.steps.length === 0) add('steps', 'Write at least one message')
  plan.steps.forEach(({ delay, unit, variants }, s) => {
    const n = whole(delay)
    if (s > 0 && Number.isNaN(n)) add(`steps.${s}.delay`, 'A whole number')
    else if (s > 0 && n * SECONDS[unit] > 365 * 86_400) add(`steps.${s}.delay`, 'At most 365 days')
    variants.forEach(({ body, weight }, v) => {
      if (body.trim() === '') add(`steps.${s}.variants.${v}.body`, 'Required')
      if (Number.isNaN(whole(weight)) || whole(weight) > 1_000_000) add(`steps.${s}.variants.${v}.weight`, 'A whole number, 0 to 1,000,000')
    })
  })
  if (plan.hours.limited) {
    if (WEEKDAYS.every((day) => (plan.hours.days[day] ?? []).length === 0)) add('active_hours.days', 'Choose at least one day, or send at any time')
    for (const day of WEEKDAYS) {
      plan.hours.days[day]?.forEach(([from, to], i) => {
        if (from === '' || to === '') add(`active_hours.days.${day}.${i}`, 'From and to are needed')
        else if (from >= to) add(`active_hours.days.${day}.${i}`, 'Must end after it begins')
      })
    }
  }
  const limit = plan.daily_limit.trim()
  if (limit !== '' && !(whole(limit) >= 1)) add('daily_limit', 'A whole number from 1, or empty for no limit')
  const days = whole(plan.attribution_days)
  if (!(days >= 1 && days <= 365)) add('attribution_days', 'A whole number of days, 1 to 365')
  return problems
}

/** The step of the form that shows a field of the API. */
export function stepOf(field: string): FormStep {
  if (field === 'name' || field.startsWith('collection')) return 'leads'
  if (field.startsWith('account')) return 'accounts'
  if (field.startsWith('steps') || field === 'message') return 'messages'
  if (field.startsWith('active_hours') || field === 'daily_limit' || field === 'attribution_days') return 'schedule'
  return 'review'
}
export function stepsWith(problems: Problems): FormStep[] {
  const found = new Set(Object.keys(problems).map(stepOf))
  return STEPS.filter((step) => found.has(step))
}

export type PlanBody = Omit<Schemas['CampaignCreate'], 'message' | 'paused'>
export function bodyOf(plan: PlanForm): PlanBody {
  return {
    name: plan.name.trim(),
    collection_ids: plan.collections,
    account_ids: plan.accounts,
    steps: plan.steps.map((step, s) => ({
      ...(s === 0 ? {} : { delay: isoOf(step) }),
      variants: step.variants.map(({ id, name, body, weight }) => ({ ...(id === null ? {} : { id }), ...(name.trim() === '' ? {} : { name: name.trim() }), body, weight: Number(weight) })),
    })),
    active_hours: plan.hours.limited
      ? {
          timezone: plan.hours.timezone, lead_timezone: plan.hours.lead_timezone,
          days: Object.fromEntries(WEEKDAYS.map((day) => [day, plan.hours.days[day] ?? []] as const).filter(([, ranges]) => ranges.length > 0)),
        }
      : null,
    daily_limit: plan.daily_limit.trim() === '' ? null : Number(plan.daily_limit),
    attribution_days: Number(plan.attribution_days),
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
/** What of `now` is not as in `before`, for a change: what nobody touched is not sent. */
export function changes(before: PlanForm, now: PlanForm): Partial<PlanBody> {
  const [old, next] = [bodyOf(before), bodyOf(now)]
  return Object.fromEntries(Object.entries(next).filter(([name, value]) => !same(value, old[name as keyof PlanBody])))
}
export const PART: Record<keyof PlanBody, string> = {
  name: 'Name', collection_ids: 'Collections', account_ids: 'Accounts', steps: 'Messages', active_hours: 'Active hours',
  daily_limit: 'Daily limit', attribution_days: 'Reply window',
} as Record<keyof PlanBody, string>

/**
 * The most messages that can go out in a day, and so the fewest days that the first messages take. From the limits
 * alone: hours, pace and failures only make it longer. Null without any limit.
 */
export function fewestDays(leads: number, plan: Pick<PlanForm, 'daily_limit'>, accountLimits: readonly (number | null)[]): { aDay: number; days: number } | null {
  const own = whole(plan.daily_limit)
  const accounts = accountLimits.length === 0 || accountLimits.includes(null) ? Infinity : accountLimits.reduce<number>((sum, limit) => sum + (limit ?? 0), 0)
  const aDay = Math.min(own >= 1 ? own : Infinity, accounts)
  return Number.isFinite(aDay) && leads > 0 && aDay > 0 ? { aDay, days: Math.ceil(leads / aDay) } : null
}

/** A draft that was kept, if it is one of ours. */
export function draftFrom(text: string | null, zone: string): PlanForm | null {
  try {
    const told = JSON.parse(text ?? 'null') as PlanForm | null
    if (told === null || typeof told.name !== 'string' || !Array.isArray(told.steps) || !Array.isArray(told.collections)) return null
    return { ...emptyPlan(zone), ...told }
  } catch {
    return null
  }
}
