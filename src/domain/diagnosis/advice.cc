#include "domain/diagnosis/advice.h"

#include <array>

#include "domain/diagnosis/advice_parts.h"
#include "domain/wording.h"

namespace headway::domain::diagnosis {

std::string_view to_string(Figure f) {
  constexpr std::array<std::string_view, 3> kNames{"delivery", "response", "conversion"};
  return kNames[static_cast<std::size_t>(f)];
}

namespace {

// Whether the whole interval of the rate lies below what is usual.
bool below(const Rate& r, double usual) { return r.hi && *r.hi < usual; }

double usual_of(const Rate& others, double otherwise) {
  return others.den >= kUsualMin && others.rate ? *others.rate : otherwise;
}

std::string standing(const char* name, const Rate& r) {
  return std::string(name) + " " + percent_text(r.num, r.den) + " (" + count_text(r.num) + " of " +
         count_text(r.den) + ")";
}

}  // namespace

AdviceList advise(const AdviceInput& in) {
  AdviceList out;
  const Rate delivery = delivery_rate(in.counts), response = response_rate(in.counts),
             conversion = conversion_rate(in.counts);
  const Rate per_responder = make_rate(in.counts[Counter::booked], in.counts[Counter::responded]);
  const double usual_response = usual_of(response_rate(in.others), kUsualResponse);
  const double usual_conversion = usual_of(conversion_rate(in.others), kUsualConversion);
  const double usual_bookings = usual_of(
      make_rate(in.others[Counter::booked], in.others[Counter::responded]), kUsualBookings);
  const bool low_delivery = below(delivery, 0.95);
  const bool low_response = below(response, usual_response);
  const bool low_conversion =
      below(conversion, usual_conversion) || below(per_responder, usual_bookings);
  if (low_delivery) advise_delivery(in, out.items);
  if (low_response) advise_response(in, out.items);
  if (low_conversion) advise_conversion(in, per_responder, out.items);
  if (!out.items.empty()) return out;

  std::vector<std::string> weak;
  if (low_delivery) weak.push_back(standing("delivery", delivery));
  if (low_response) weak.push_back(standing("response", response));
  if (low_conversion) weak.push_back(standing("conversion", conversion));
  if (!weak.empty()) {
    out.nothing =
        "Weak: " + list_text(weak) + ". Nothing in this campaign's figures says what would help.";
  } else if (delivery.den < kEnough) {
    out.nothing = "Too little was sent to say: " + count_text(delivery.den, "message") +
                  " so far, " + count_text(kEnough) + " are needed.";
  } else {
    out.nothing = "Nothing to improve stands out: " + standing("delivery", delivery) + ", " +
                  standing("response", response) + ", " + standing("conversion", conversion) + ".";
  }
  return out;
}

}  // namespace headway::domain::diagnosis
