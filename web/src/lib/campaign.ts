// What a campaign's figures say, as sentences. Pure.
import type { components } from '../api/schema'
import { clock, count, int, near } from './format'
import { REASON, type Reason } from './words'

type Figures = components['schemas']['CampaignFigures']

/** Reasons that mean that messages are going out now. */
const MOVING: readonly Reason[] = ['due', 'in_flight', 'rate']

/** The reasons of what is open, the largest first. */
export function reasons(waiting: Figures['waiting']): [Reason, number][] {
  return (Object.entries(waiting) as [Reason, number][]).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1])
}

/** Why nothing goes out now, for one line; null while it moves or is done. */
export function idleReason(campaign: Figures, now: number, zone: string): string | null {
  if (campaign.state === 'finished') return null
  if (campaign.state === 'paused') return campaign.pause_reason ?? 'Paused'
  if (campaign.counts.total === 0) return campaign.enrolling ? 'Adding leads' : 'No leads'
  const open = reasons(campaign.waiting)
  const first = open[0]
  if (first === undefined || open.some(([reason]) => MOVING.includes(reason))) return null
  const next = campaign.next_send_at
  const when = next === null || Date.parse(next) <= now ? '' : near(next, now, zone)
  switch (first[0]) {
    case 'active_hours':
      return when === '' ? 'Outside active hours' : `Outside active hours, opens ${when}`
    case 'follow_up_delay':
      return when === '' ? 'Follow-ups are not due yet' : `Next follow-ups ${when}`
    case 'campaign_daily_limit':
    case 'account_daily_limit':
      return when === '' ? 'Daily limit reached' : `Daily limit reached, goes on ${when}`
    default:
      return when === '' ? REASON[first[0]].word : `${REASON[first[0]].word}, next try ${when}`
  }
}

/** The counts must add up. When they do not, this says so; the figures are shown as they are. */
export function mismatch({ counts, waiting }: Pick<Figures, 'counts' | 'waiting'>): string | null {
  const sum = counts.sent + counts.failed + counts.pending + counts.partial
  if (sum !== counts.total) return `The four counts add up to ${int(sum)}, not to ${int(counts.total)}.`
  const open = reasons(waiting).reduce((all, [, n]) => all + n, 0)
  const should = counts.pending + counts.partial
  if (open !== should) return `The reasons add up to ${int(open)}, but ${count(should, 'lead')} are open.`
  return null
}

interface Finish {
  p10: string
  p50: string
  p90: string
}
/** "between 26 Nov and 28 Nov", or one moment when the range is one day. */
export function finishRange({ p10, p90 }: Finish, now: number, zone: string): string {
  const early = near(p10, now, zone)
  const late = near(p90, now, zone)
  if (early === late) return `about ${early}`
  const sameDay = new Date(p10).toDateString() === new Date(p90).toDateString()
  return sameDay ? `${early}–${clock(p90, zone)}` : `${early} – ${late}`
}

const ORDERS = {
  name: (c: Figures) => c.name.toLowerCase(),
  state: (c: Figures) => ['active', 'paused', 'finished'].indexOf(c.state),
  progress: (c: Figures) => c.progress ?? -1,
  total: (c: Figures) => c.counts.total,
  delivery: (c: Figures) => c.delivery.rate ?? -1,
  response: (c: Figures) => c.response.rate ?? -1,
  conversion: (c: Figures) => c.conversion.rate ?? -1,
  activity: (c: Figures) => (c.last_activity_at === null ? 0 : Date.parse(c.last_activity_at)),
  created: (c: Figures) => Date.parse(c.created_at),
} satisfies Record<string, (c: Figures) => string | number>

/** By "name" or "-name"; equal ones stay in their order. Unknown orders change nothing. */
export function sorted<T extends Figures>(list: readonly T[], sort: string): T[] {
  const down = sort.startsWith('-')
  const value = ORDERS[(down ? sort.slice(1) : sort) as keyof typeof ORDERS] as ((c: Figures) => string | number) | undefined
  if (value === undefined) return [...list]
  return [...list].sort((a, b) => {
    const x = value(a)
    const y = value(b)
    return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1)
  })
}
