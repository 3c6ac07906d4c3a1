// Bands of delivery, from the integers, as the server draws them (docs/METRICS.md).
import type { Rate } from '../api/client'
import type { Band } from './words'

export function bandOf({ num, den }: Pick<Rate, 'num' | 'den'>): Band {
  if (den === 0) return 'none'
  if (num * 100 > den * 95) return 'high'
  return num * 100 < den * 80 ? 'low' : 'moderate'
}
