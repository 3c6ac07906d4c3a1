// Which column of a file is which field of a person. The server recognises columns by the same names
// (src/domain/import_row.cc); what a person chooses is sent as `map`. Pure.

export const FIELDS = ['external_id', 'name', 'first_name', 'last_name', 'email', 'phone', 'messenger_id', 'timezone', 'consent'] as const
export type PersonField = (typeof FIELDS)[number]
export const FIELD: Record<PersonField, string> = {
  external_id: 'Your own id',
  name: 'Name',
  first_name: 'First name',
  last_name: 'Last name',
  email: 'E-mail',
  phone: 'Phone',
  messenger_id: 'Messenger id',
  timezone: 'Time zone',
  consent: 'Consent',
}
/** Any one of these tells a person from another. */
export const KEYS: readonly PersonField[] = ['external_id', 'email', 'phone', 'messenger_id']

const SPELLINGS: Record<string, PersonField> = {
  email: 'email', emailaddress: 'email', mail: 'email', mailaddress: 'email', emailadresse: 'email',
  name: 'name', fullname: 'name', contactname: 'name',
  firstname: 'first_name', givenname: 'first_name', forename: 'first_name', vorname: 'first_name',
  lastname: 'last_name', surname: 'last_name', familyname: 'last_name', nachname: 'last_name',
  phone: 'phone', phonenumber: 'phone', mobile: 'phone', mobilephone: 'phone', mobilenumber: 'phone', telephone: 'phone',
  tel: 'phone', telefon: 'phone', cell: 'phone', cellphone: 'phone',
  externalid: 'external_id', id: 'external_id', contactid: 'external_id', customerid: 'external_id',
  messengerid: 'messenger_id', psid: 'messenger_id', timezone: 'timezone', tz: 'timezone',
  consent: 'consent', consentbasis: 'consent', consentsource: 'consent',
}

/** A field, "attribute" (kept under the column's own name), or "-" (left out). */
export type Target = PersonField | 'attribute' | '-'

/** What the server would take the column for. */
export function guess(column: string): Target {
  // A name in another script is none of ours.
  // eslint-disable-next-line no-control-regex
  if (/[^\x00-\x7f]/.test(column)) return 'attribute'
  return SPELLINGS[column.toLowerCase().replace(/[^a-z0-9]/g, '')] ?? 'attribute'
}

/** A field is given to one column only: the first that fits. */
export function guessAll(columns: readonly string[]): Target[] {
  const taken = new Set<Target>()
  return columns.map((column) => {
    const target = guess(column)
    if (target === 'attribute') return target
    if (taken.has(target)) return 'attribute'
    taken.add(target)
    return target
  })
}

/** "companyName" and "Company name" are {{company_name}} in messages. */
export function attributeKey(column: string): string {
  return column
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    // eslint-disable-next-line no-control-regex
    .replace(/[^a-z0-9\u0080-\uffff]+/g, '_')
    .replace(/^_+|_+$/g, '')
}

/** Names of fields as messages write them. */
export function placeholder(column: string, target: Target): string | null {
  return target === '-' ? null : target === 'attribute' ? attributeKey(column) : target
}

/** Column names with a comma, or twice the same, cannot be named in `map`: the server decides about them by itself. */
function nameable(columns: readonly string[], at: number): boolean {
  const column = columns[at] as string
  return column !== '' && !column.includes(',') && columns.indexOf(column) === at && columns.lastIndexOf(column) === at
}

/** For `map`: every column that can be named, so that nothing is left to a guess. */
export function mapOf(columns: readonly string[], targets: readonly Target[]): string {
  return columns
    .flatMap((column, i) => {
      const target = targets[i] as Target
      if (!nameable(columns, i)) return []
      if (target === 'attribute') return guess(column) === 'attribute' && attributeKey(column) !== '' ? [] : [`attributes.${attributeKey(column) || `column_${i + 1}`}:${column}`]
      return [`${target}:${column}`]
    })
    .join(',')
}

/** What stands in the way of an import, for a person. */
export function problemsOf(columns: readonly string[], targets: readonly Target[]): { text: string; fatal: boolean }[] {
  const problems: { text: string; fatal: boolean }[] = []
  for (const field of FIELDS) {
    const owners = columns.filter((_, i) => targets[i] === field)
    if (owners.length > 1) problems.push({ text: `${FIELD[field]} is chosen for ${owners.length} columns: ${owners.join(', ')}.`, fatal: true })
  }
  if (!targets.some((target) => (KEYS as readonly Target[]).includes(target))) {
    problems.push({ text: 'Choose a column for your own id, e-mail, phone or messenger id: people are told apart by it.', fatal: true })
  }
  const twice = columns.filter((column, i) => columns.indexOf(column) !== i)
  if (twice.length > 0) problems.push({ text: `The file has the column “${twice[0]}” more than once.`, fatal: true })
  columns.forEach((column, i) => {
    if (targets[i] !== guess(column) && !nameable(columns, i)) problems.push({ text: `The column ${column === '' ? i + 1 : `“${column}”`} cannot be told apart by its name, so it stays as it is recognised.`, fatal: false })
  })
  if (!targets.includes('consent')) problems.push({ text: 'No column says on what basis you write to these people (consent). It is not needed, but good to have when somebody asks.', fatal: false })
  return problems
}

/** Rows of the beginning that would surely be refused. */
export function rowProblem(row: readonly string[], columns: readonly string[], targets: readonly Target[]): string | null {
  if (row.length !== columns.length) return `${row.length} fields, the header has ${columns.length}`
  const has = targets.some((target, i) => (KEYS as readonly Target[]).includes(target) && row[i]?.trim() !== '')
  if (!has) return 'Nothing that tells this person apart'
  const at = targets.indexOf('email')
  const mail = at < 0 ? '' : (row[at] ?? '').trim()
  return mail !== '' && !/^[^\s@]+@[^\s@]+$/.test(mail) ? 'Not an e-mail address' : null
}
