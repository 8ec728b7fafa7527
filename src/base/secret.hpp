// secret.hpp - memory that holds secrets: locked where the system allows it, left out of core
// dumps, wiped before release.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace kameng {

// Wipes in a way the compiler may not remove.
void wipe(void* memory, std::size_t size) noexcept;
void wipe(std::string& text) noexcept;  // and empties it

// Equal in time that depends on the sizes alone.
[[nodiscard]] bool equal_constant_time(std::span<const std::uint8_t> a,
                                       std::span<const std::uint8_t> b) noexcept;

// A fixed-size buffer on locked pages, zeros at first. Move only. No operator<<, no comparison.
// Running out of memory throws std::bad_alloc, as every container does.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size);
  explicit SecretBytes(std::span<const std::uint8_t> from);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  [[nodiscard]] std::span<std::uint8_t> span() noexcept { return {data_, size_}; }
  [[nodiscard]] std::span<const std::uint8_t> span() const noexcept { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  // False when the system refused mlock (a small RLIMIT_MEMLOCK); not fatal, shown by
  // system.health.
  [[nodiscard]] static bool all_locked() noexcept;

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// A string that is wiped when it goes. For plaintext that is on its way to a caller; short-lived,
// not locked.
class SecretText {
 public:
  SecretText() = default;
  // Takes the text over and wipes what it leaves behind: a short string keeps its characters when
  // it is moved from.
  explicit SecretText(std::string&& text) : text_(std::move(text)) { wipe(text); }
  explicit SecretText(const std::string& text) : text_(text) {}
  SecretText(SecretText&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
  SecretText& operator=(SecretText&& other) noexcept {
    if (this != &other) {
      wipe(text_);
      text_ = std::move(other.text_);
      wipe(other.text_);
    }
    return *this;
  }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { wipe(text_); }

  [[nodiscard]] std::string_view view() const noexcept { return text_; }
  [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace kameng
