#pragma once
// How far a rate may be from what was counted. Which one to use:
//   wilson               figures in tables and charts
//   confidence_sequence  badges and decisions: valid however often one looks
//   newcombe_difference  the difference of two rates
//   jeffreys, clopper_pearson  for those who ask for them; the upper Jeffreys bound feeds the guard
//
// All take alpha, the chance to miss (.05 for a 95 % interval), 1e-12 <= alpha <= .5. Without a try the
// answer is [0, 1] (of a difference [-1, 1]): show a dash. With 0 of N the lower end is exactly 0, with N of N
// the upper end exactly 1. N up to 10^12; relative error about 1e-12 at N = 10^9 unless stated otherwise.

#include "domain/statistics/types.h"

namespace headway::domain::statistics {

// The score interval: (p + z^2/2n +- z sqrt(p q / n + z^2/4n^2)) / (1 + z^2/n).
// E. B. Wilson, JASA 22 (1927).
Interval wilson(Trials t, double alpha = 0.05);

// Quantiles alpha/2 and 1 - alpha/2 of Beta(s + 1/2, n - s + 1/2). L. D. Brown, T. T. Cai, A. DasGupta,
// Statistical Science 16 (2001), with their ends at 0 and n.
Interval jeffreys(Trials t, double alpha = 0.05);
// One-sided: the rate is below this with probability `level` (.9: upper 90 % bound). 1 without a try.
double jeffreys_upper(Trials t, double level = 0.9);

// Exact and wide: quantile alpha/2 of Beta(s, n - s + 1), quantile 1 - alpha/2 of Beta(s + 1, n - s).
// C. J. Clopper, E. S. Pearson, Biometrika 26 (1934).
Interval clopper_pearson(Trials t, double alpha = 0.05);

// p_a - p_b by the hybrid score method, number 10 of R. G. Newcombe, Statistics in Medicine 17 (1998): the
// distances to the ends of both Wilson intervals, added as squares.
Interval newcombe_difference(Trials a, Trials b, double alpha = 0.05);

// {p : ln B(s + 1/2, n - s + 1/2) - ln B(1/2, 1/2) - s ln p - (n - s) ln(1 - p) < ln 1/alpha}: the rates
// that the Beta(1/2, 1/2) mixture has not refuted. By Ville's inequality the true rate is in it at all times at
// once with probability 1 - alpha. H. Robbins, Ann. Math. Statist. 41 (1970); mixture of Krichevsky and Trofimov.
// Bisected on each side of s/n to the last bit.
Interval confidence_sequence(Trials t, double alpha = 0.05);
// The left side above at p in (0, 1): log-evidence against "the rate is p". 0 without a try.
double ln_evidence_against_rate(Trials t, double p);

}  // namespace headway::domain::statistics
