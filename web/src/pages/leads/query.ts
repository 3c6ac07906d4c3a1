// The filter of the list of leads, in the address as the API names it. Pure.
import type { components, operations } from '../../api/schema'
import { FAILURE, humane, REASON, STATUS } from '../../lib/words'

type S = components['schemas']
export type LeadQuery = NonNullable<operations['listCampaignLeads']['parameters']['query']>
export const FILTERS = [
  'status', 'reason', 'account_id', 'failure_class', 'variant', 'step', 'collection_id', 'search', 'replied', 'booked', 'opted_out', 'contacted', 'ended_by',
] as const
export type Filter = (typeof FILTERS)[number]

/** Only what is a filter, in one order: equal lists have equal keys. */
export function filterOf(query: URLSearchParams): [Filter, string][] {
  return FILTERS.flatMap((name) => {
    const value = query.get(name)
    return value === null || value === '' ? [] : [[name, value] as [Filter, string]]
  })
}

/** A filter as a person reads it. `names` knows accounts, variants and collections by id. */
export function told(filter: Filter, value: string, names: ReadonlyMap<string, string>): string {
  switch (filter) {
    case 'status':
      return STATUS[value as S['LeadStatus']]?.word ?? humane(value)
    case 'reason':
      return REASON[value as S['Reason']]?.word ?? humane(value)
    case 'failure_class':
      return FAILURE[value as S['FailureClass']] ?? humane(value)
    case 'account_id':
      return `Account ${names.get(`account:${value}`) ?? value}`
    case 'collection_id':
      return `Collection ${names.get(`collection:${value}`) ?? value}`
    case 'variant':
      return `Variant ${names.get(`variant:${value}`) ?? value}`
    case 'step':
      return value === '0' ? 'No step yet' : `Step ${value}`
    case 'search':
      return `“${value}”`
    case 'ended_by':
      return `Ended: ${humane(value).toLowerCase()}`
    default:
      return value === 'true' ? humane(filter) : `Not ${humane(filter).toLowerCase()}`
  }
}
