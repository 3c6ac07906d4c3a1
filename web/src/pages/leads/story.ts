// Tries and events of one lead as one story, oldest first. Pure.
import type { components } from '../../api/schema'

type Timeline = components['schemas']['LeadTimeline']
type Message = Timeline['messages'][number]

export interface Entry {
  at: string
  kind: string
  text: string
  message: Message | null
  tone: 'good' | 'bad-end' | 'plain'
}

export function story(messages: readonly Message[], events: Timeline['events']): Entry[] {
  const tries = messages.map(
    (message): Entry => ({
      at: message.at ?? message.handed_over_at ?? '',
      kind: message.outcome,
      text: '',
      message,
      tone: message.outcome === 'delivered' ? 'good' : message.outcome === 'failed' ? 'bad-end' : 'plain',
    }),
  )
  const rest = events.map(({ at, kind, text }): Entry => ({ at, kind, text, message: null, tone: /repl|book/.test(kind) ? 'good' : 'plain' }))
  // What has no time yet is still going on: last.
  return [...rest, ...tries].map((entry, i) => ({ entry, i })).sort((a, b) => order(a.entry.at, b.entry.at) || a.i - b.i).map(({ entry }) => entry)
}

function order(a: string, b: string): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1
  return Date.parse(a) - Date.parse(b)
}
