// import_progress.cpp - where an import stands, as one line of text: seven words, separated by
// spaces.
#include <charconv>
#include <system_error>

#include "vault/import_job.hpp"

namespace kameng::vault {
namespace {

std::string_view take_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

bool take_number(std::string_view& text, std::int64_t& number) {
  const std::string_view word = take_word(text);
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), number);
  return fault == std::errc() && end == word.data() + word.size() && number >= 0;
}

}  // namespace

std::string ImportProgress::text() const {
  std::string line = std::to_string(static_cast<int>(stage)) + " " + batch_id.text();
  for (const std::int64_t number : {first_ordinal, next, imported, duplicates, duplicate_line}) {
    line += " " + std::to_string(number);
  }
  return line;
}

std::optional<ImportProgress> ImportProgress::parse(std::string_view text) {
  ImportProgress at;
  std::int64_t stage = 0;
  if (!take_number(text, stage) || stage > static_cast<int>(ImportStage::take_back)) {
    return std::nullopt;
  }
  at.stage = static_cast<ImportStage>(stage);
  const auto batch = BatchId::parse(take_word(text));
  if (!batch || !take_number(text, at.first_ordinal) || !take_number(text, at.next) ||
      !take_number(text, at.imported) || !take_number(text, at.duplicates) ||
      !take_number(text, at.duplicate_line) || !text.empty()) {
    return std::nullopt;
  }
  at.batch_id = *batch;
  return at;
}

}  // namespace kameng::vault
