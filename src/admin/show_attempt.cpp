#include "admin/show_attempt.h"

#include "admin/answer.h"

namespace updraft::admin {

void write_attempt_members(json::Writer& writer, push::Attempt const& attempt) {
    auto const answered = attempt.status != 0;
    writer.key("status");
    if (answered) {
        writer.value(attempt.status);
    } else {
        writer.null();
    }
    writer.member("durationMs", attempt.duration_ms);
    // Earlier releases recorded what libcurl said where there was no answer.
    text_or_null(writer, "answer",
                 answered ? std::string_view(attempt.answer) : std::string_view());
    text_or_null(writer, "error", attempt.fault ? push::word(*attempt.fault) : "");
}

}  // namespace updraft::admin
