// secret.cpp - a small arena of locked pages, and wiping.
//
// The system counts locked memory by page and often allows as little as 64 KiB, so secrets of like
// size share pages: four slot sizes, each with slabs of 16 KiB. A larger secret has a mapping of
// its own. Slabs are never given back; there are as many as the busiest moment needed.
#include "base/secret.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <new>
#include <utility>

#include <string.h>  // explicit_bzero is not in <cstring>'s namespace
#include <sys/mman.h>
#include <unistd.h>

namespace kameng {
namespace {

constexpr std::array<std::size_t, 4> slot_sizes{32, 128, 512, 2048};
constexpr std::size_t slab_bytes = std::size_t{16} * 1024;

std::atomic<bool> lock_refused{false};

std::size_t whole_pages(std::size_t size) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (size + page - 1) / page * page;
}

std::uint8_t* map_pages(std::size_t size) {
  void* pages = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) {
    throw std::bad_alloc();
  }
  if (mlock(pages, size) != 0) {
    lock_refused = true;
  }
  madvise(pages, size, MADV_DONTDUMP);
  return static_cast<std::uint8_t*>(pages);
}

class Arena {
 public:
  // Never destroyed: secrets may outlive every other static object.
  static Arena& get() {
    static Arena* const arena = new Arena;
    return *arena;
  }

  std::uint8_t* take(std::size_t size) {
    const std::size_t kind = kind_of(size);
    if (kind == slot_sizes.size()) {
      return map_pages(whole_pages(size));
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_[kind] == nullptr) {
      add_slab(kind);
    }
    FreeSlot* slot = free_[kind];
    free_[kind] = slot->next;
    slot->next = nullptr;
    return reinterpret_cast<std::uint8_t*>(slot);
  }

  void give_back(std::uint8_t* data, std::size_t size) noexcept {
    const std::size_t kind = kind_of(size);
    wipe(data, size);
    if (kind == slot_sizes.size()) {
      munmap(data, whole_pages(size));
      return;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    free_[kind] = new (data) FreeSlot{free_[kind]};
  }

 private:
  // A free slot is all zeros but for the link.
  struct FreeSlot {
    FreeSlot* next;
  };

  static std::size_t kind_of(std::size_t size) {
    std::size_t kind = 0;
    while (kind < slot_sizes.size() && slot_sizes[kind] < size) {
      ++kind;
    }
    return kind;
  }

  void add_slab(std::size_t kind) {
    const std::size_t size = whole_pages(slab_bytes);
    std::uint8_t* slab = map_pages(size);
    for (std::size_t at = 0; at + slot_sizes[kind] <= size; at += slot_sizes[kind]) {
      free_[kind] = new (slab + at) FreeSlot{free_[kind]};
    }
  }

  std::mutex mutex_;
  std::array<FreeSlot*, slot_sizes.size()> free_{};
};

}  // namespace

void wipe(void* memory, std::size_t size) noexcept {
  if (size > 0) {
    explicit_bzero(memory, size);
  }
}

void wipe(std::string& text) noexcept {
  // The bytes behind the end count too: a shorter text may have replaced a longer one, and a
  // moved-from short string keeps its characters. Growing to the capacity allocates nothing.
  text.resize(text.capacity());
  wipe(text.data(), text.size());
  text.clear();
}

bool equal_constant_time(std::span<const std::uint8_t> a,
                         std::span<const std::uint8_t> b) noexcept {
  if (a.size() != b.size()) {
    return false;
  }
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned>(a[i] ^ b[i]);
    // The compiler cannot see what difference holds, so it cannot leave the loop early.
    __asm__ volatile("" : "+r"(difference));
  }
  return difference == 0;
}

SecretBytes::SecretBytes(std::size_t size)
    : data_(size == 0 ? nullptr : Arena::get().take(size)), size_(size) {}

SecretBytes::SecretBytes(std::span<const std::uint8_t> from) : SecretBytes(from.size()) {
  std::copy(from.begin(), from.end(), data_);
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    SecretBytes old(std::move(*this));
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() {
  if (data_ != nullptr) {
    Arena::get().give_back(data_, size_);
  }
}

bool SecretBytes::all_locked() noexcept {
  return !lock_refused;
}

}  // namespace kameng
