#pragma once
// The sentences of a diagnosis. Numbers first, no statistics in the words. Not for anybody else.

#include "domain/diagnosis/diagnosis.h"

namespace headway::domain::diagnosis {

std::string title_of(FailureCause cause);   // "Account issues"
std::string remedy_of(FailureCause cause);  // as docs/METRICS.md has it

// "North desk causes most of it: 62 of its 80 messages failed (78 %), where 4 would be usual."
std::string cause_sentence(const Slice& slice, double share);
// "48 of the 62 came back as account_permission (code 1009)." "" when nothing repeats.
std::string code_sentence(const std::vector<Background::Code>& codes, std::int64_t failures);
std::string load_label(std::int64_t bucket);  // "from the 16th message of an hour on"
Other other_of(FailureClass failure, std::int64_t n, std::int64_t failures);
std::string tie_sentence(const Slice& a, const Slice& b);

std::string healthy_sentence(const Rate& delivery, double baseline);
std::string not_enough_sentence(const Rate& delivery, std::optional<std::int64_t> needed);
std::string causes_sentence(const Rate& delivery, const std::vector<Cause>& causes);
std::string mixed_sentence(const Rate& delivery, const std::vector<Slice>& slices,
                           const std::vector<Other>& others);

}  // namespace headway::domain::diagnosis
