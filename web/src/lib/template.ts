// Messages as people would get them, while they are written. The server renders what is sent, by the same rules
// (src/domain/template.h). Pure.
import type { Schemas } from '../api/client'

type Person = Schemas['Person']
const FIELDS = new Set(['name', 'first_name', 'last_name', 'email', 'phone', 'external_id', 'messenger_id'])

export interface Rendered {
  /** Null when something is missing or wrong. */
  text: string | null
  problem: string | null
}

function valueOf(person: Person, field: string): string {
  const words = person.name.trim().split(/\s+/)
  if (field === 'first_name') return words[0] ?? ''
  if (field === 'last_name') return words.slice(1).join(' ')
  if (FIELDS.has(field)) return person[field as 'name'] ?? ''
  const value = person.attributes[field.replace(/^attributes\./, '')]
  return value === null || value === undefined ? '' : String(value)
}

export function render(body: string, person: Person): Rendered {
  let text = ''
  let at = 0
  for (;;) {
    const begin = body.indexOf('{{', at)
    if (begin < 0) return { text: text + body.slice(at), problem: null }
    text += body.slice(at, begin)
    const end = body.indexOf('}}', begin + 2)
    if (end < 0) return { text: null, problem: '“{{” without “}}”' }
    const inside = body.slice(begin + 2, end)
    if (/^[{#/^!>&=]/.test(inside.trim())) return { text: null, problem: `“{{${inside}}}” is not understood: write {{field}} or {{field|fallback}}` }
    const bar = inside.indexOf('|')
    const field = (bar < 0 ? inside : inside.slice(0, bar)).trim()
    if (field === '') return { text: null, problem: 'A field needs a name' }
    const value = valueOf(person, field)
    if (value === '' && bar < 0) return { text: null, problem: `No ${field}. Give it a fallback: {{${field}|…}}` }
    text += value === '' ? inside.slice(bar + 1) : value
    at = end + 2
  }
}

/** What a message may use: the usual fields, and the attributes of these people. */
export function fieldsOf(people: readonly Person[]): string[] {
  const attributes = new Set(people.flatMap((person) => Object.keys(person.attributes)))
  const has = (field: string) => people.some((person) => valueOf(person, field) !== '')
  return [...['first_name', 'name', 'last_name', 'email', 'phone'].filter(has), ...attributes]
}
