// handle_table.hpp - numbers that stand for objects, checked before anything is dereferenced.
//
// A handle is kind, generation and index. Slots are never returned to the system, so reading the
// generation of any index is safe, and an old handle is known by its old generation. The table has
// no lock: a lock that some other thread holds at fork() would stay held in the child for good, and
// the child must still be able to receive its MISUSE results.
//
// Not here: what the objects are (engines.hpp, results.hpp).
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>

namespace kameng::capi {

using Handle = std::uint64_t;  // 0 is none

enum class HandleKind : std::uint8_t { engine = 0x45, result = 0x52 };

enum class HandleFault : std::uint8_t { none, dead, wrong_kind };

template <class Payload, HandleKind kind>
class HandleTable {
 public:
  // A new handle with the payload the slot was left with, or 0 when memory cannot be had.
  [[nodiscard]] Handle take() noexcept {
    std::uint32_t index = 0;
    if (!pop_free(index) && !add_slot(index)) {
      return 0;
    }
    // Nobody else knows this index, so plain steps do. Odd generations are alive, even ones free.
    std::atomic<std::uint64_t>& state = slot(index)->state;
    const std::uint64_t generation =
        (state.load(std::memory_order_relaxed) >> generation_shift) + 1;
    state.store(generation << generation_shift, std::memory_order_release);
    return handle_of(generation, index);
  }

  // The payload of a live handle, or nullptr. The caller sees to it that nobody ends it meanwhile.
  [[nodiscard]] Payload* find(Handle handle) noexcept {
    Slot* const found = slot_of(handle);
    return found != nullptr && is_live(found->state.load(std::memory_order_acquire), handle)
               ? &found->payload
               : nullptr;
  }

  // The payload, which stays until unpin(); nullptr when the handle is dead or ending.
  [[nodiscard]] Payload* pin(Handle handle) noexcept {
    Slot* const found = slot_of(handle);
    if (found == nullptr) {
      return nullptr;
    }
    std::uint64_t state = found->state.load(std::memory_order_acquire);
    do {
      if (!is_live(state, handle)) {
        return nullptr;
      }
    } while (!found->state.compare_exchange_weak(state, state + 1, std::memory_order_acquire));
    return &found->payload;
  }
  void unpin(Handle handle) noexcept {
    std::atomic<std::uint64_t>& state = slot_of(handle)->state;
    if ((state.fetch_sub(1, std::memory_order_release) & ending_bit) != 0) {
      state.notify_all();
    }
  }

  // Takes the handle away from everybody else. One caller gets the payload; it then waits for the
  // pins where it has to, empties the payload and calls finish().
  [[nodiscard]] Payload* begin_end(Handle handle) noexcept {
    Slot* const found = slot_of(handle);
    if (found == nullptr) {
      return nullptr;
    }
    std::uint64_t state = found->state.load(std::memory_order_acquire);
    do {
      if (!is_live(state, handle)) {
        return nullptr;
      }
    } while (
        !found->state.compare_exchange_weak(state, state | ending_bit, std::memory_order_acquire));
    return &found->payload;
  }
  void wait_for_pins(Handle handle) noexcept {
    const std::atomic<std::uint64_t>& state = slot_of(handle)->state;
    for (std::uint64_t seen = state.load(std::memory_order_acquire); (seen & pins_mask) != 0;
         seen = state.load(std::memory_order_acquire)) {
      state.wait(seen, std::memory_order_acquire);
    }
  }
  void finish(Handle handle) noexcept {
    Slot* const ended = slot_of(handle);
    const std::uint64_t generation = generation_of(handle) + 1;
    ended->state.store(generation << generation_shift, std::memory_order_release);
    // A slot whose generations are used up is left alone, or an old handle could come alive again.
    if (generation < generation_max) {
      push_free(index_of(handle));
    }
  }

  // Why a handle has no payload.
  [[nodiscard]] static HandleFault fault_of(Handle handle) noexcept {
    const std::uint64_t kind_bits = handle >> kind_shift;
    return kind_bits != std::uint64_t{static_cast<std::uint8_t>(kind)} &&
                   (kind_bits == std::uint64_t{static_cast<std::uint8_t>(HandleKind::engine)} ||
                    kind_bits == std::uint64_t{static_cast<std::uint8_t>(HandleKind::result)})
               ? HandleFault::wrong_kind
               : HandleFault::dead;
  }

 private:
  // A handle: kind in the high byte (so the number is positive when signed), 32 bits generation, 24
  // bits index. A state: 32 bits generation, then the ending bit, then the pins.
  static constexpr int kind_shift = 56;
  static constexpr int handle_generation_shift = 24;
  static constexpr std::uint64_t index_mask = (std::uint64_t{1} << handle_generation_shift) - 1;
  static constexpr std::uint64_t generation_max = 0xffff'fffe;
  static constexpr int generation_shift = 32;
  static constexpr std::uint64_t ending_bit = std::uint64_t{1} << 31;
  static constexpr std::uint64_t pins_mask = ending_bit - 1;
  // Chunk n holds 64 * 2^n slots, so that a few pointers reach every index.
  static constexpr std::uint32_t first_chunk = 64;
  static constexpr std::uint32_t chunk_count = 18;
  static constexpr std::uint32_t slot_count_max = first_chunk * ((1U << chunk_count) - 1);
  static_assert(slot_count_max <= index_mask + 1);

  struct Slot {
    std::atomic<std::uint64_t> state{0};
    std::atomic<std::uint32_t> next_free{0};  // index + 1, 0 at the end
    Payload payload;
  };

  [[nodiscard]] static Handle handle_of(std::uint64_t generation, std::uint32_t index) noexcept {
    return std::uint64_t{static_cast<std::uint8_t>(kind)} << kind_shift |
           generation << handle_generation_shift | index;
  }
  [[nodiscard]] static std::uint64_t generation_of(Handle handle) noexcept {
    return handle >> handle_generation_shift & 0xffff'ffff;
  }
  [[nodiscard]] static std::uint32_t index_of(Handle handle) noexcept {
    return static_cast<std::uint32_t>(handle & index_mask);
  }
  [[nodiscard]] static bool is_live(std::uint64_t state, Handle handle) noexcept {
    const std::uint64_t generation = generation_of(handle);
    return state >> generation_shift == generation && (generation & 1) == 1 &&
           (state & ending_bit) == 0;
  }

  [[nodiscard]] static std::uint32_t chunk_of(std::uint32_t index) noexcept {
    return static_cast<std::uint32_t>(std::bit_width(index / first_chunk + 1)) - 1;
  }
  [[nodiscard]] Slot* slot(std::uint32_t index) noexcept {
    const std::uint32_t chunk = chunk_of(index);
    Slot* const slots = chunks_[chunk].load(std::memory_order_acquire);
    return &slots[index - first_chunk * ((1U << chunk) - 1)];
  }
  // The slot of a handle of this kind that could have been given out, else nullptr.
  [[nodiscard]] Slot* slot_of(Handle handle) noexcept {
    const std::uint32_t index = index_of(handle);
    return handle >> kind_shift == std::uint64_t{static_cast<std::uint8_t>(kind)} &&
                   index < slots_made_.load(std::memory_order_acquire)
               ? slot(index)
               : nullptr;
  }

  [[nodiscard]] bool add_slot(std::uint32_t& index) noexcept {
    index = slots_made_.load(std::memory_order_acquire);
    do {
      if (index >= slot_count_max || !make_chunk(chunk_of(index))) {
        return false;
      }
    } while (!slots_made_.compare_exchange_weak(index, index + 1, std::memory_order_acq_rel));
    return true;
  }
  [[nodiscard]] bool make_chunk(std::uint32_t chunk) noexcept {
    if (chunks_[chunk].load(std::memory_order_acquire) != nullptr) {
      return true;
    }
    Slot* const made = new (std::nothrow) Slot[first_chunk << chunk];
    if (made == nullptr) {
      return false;
    }
    Slot* expected = nullptr;
    if (!chunks_[chunk].compare_exchange_strong(expected, made, std::memory_order_acq_rel)) {
      delete[] made;  // another thread was first
    }
    return true;
  }

  // The free list is a stack; the high half of its head counts its changes, so that a head which
  // went away and came back is not taken for the same one.
  [[nodiscard]] bool pop_free(std::uint32_t& index) noexcept {
    std::uint64_t head = free_head_.load(std::memory_order_acquire);
    while (static_cast<std::uint32_t>(head) != 0) {
      index = static_cast<std::uint32_t>(head) - 1;
      const std::uint64_t next = slot(index)->next_free.load(std::memory_order_relaxed);
      const std::uint64_t changes = (head >> 32) + 1;
      if (free_head_.compare_exchange_weak(head, changes << 32 | next, std::memory_order_acquire)) {
        return true;
      }
    }
    return false;
  }
  void push_free(std::uint32_t index) noexcept {
    std::uint64_t head = free_head_.load(std::memory_order_relaxed);
    std::uint64_t wanted = 0;
    do {
      slot(index)->next_free.store(static_cast<std::uint32_t>(head), std::memory_order_relaxed);
      const std::uint64_t changes = (head >> 32) + 1;
      wanted = changes << 32 | (index + 1);
    } while (!free_head_.compare_exchange_weak(head, wanted, std::memory_order_acq_rel));
  }

  std::array<std::atomic<Slot*>, chunk_count> chunks_{};
  std::atomic<std::uint32_t> slots_made_{0};
  std::atomic<std::uint64_t> free_head_{0};
};

}  // namespace kameng::capi
