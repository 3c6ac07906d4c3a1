#include "store/sqlite/verifier.h"
namespace headway::store::sqlite {
Result<VerifyReport> SqliteVerifier::verify(
    const std::function<bool(std::int64_t, std::int64_t)>&) {
  return fail(ErrorKind::internal, "not yet");
}
}  // namespace headway::store::sqlite
