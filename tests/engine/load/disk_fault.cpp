// disk_fault.cpp - the short life, its trouble, and what must be true afterwards.
#include "disk_fault.hpp"

#include <filesystem>
#include <memory>
#include <set>
#include <system_error>

#include "book.hpp"
#include "busy.hpp"
#include "engine/seams.hpp"
#include "support/shop.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

namespace {

constexpr std::int64_t first_ms = 1'790'000'000'000;
constexpr std::int64_t later_ms = 61'000;  // longer than any lease of what was cut off
constexpr int codes = 1000;
constexpr int more_codes = 3500;  // with them the log is large enough for a checkpoint
constexpr int trades = 20;

// What a caller may hear of a disk that fails.
const std::set<std::string> declared{"storage.full", "storage.io", "storage.cannot_open"};

// The same numbers in every life.
std::function<void(std::span<std::uint8_t>)> same_random() {
  return [state = std::uint64_t{1}](std::span<std::uint8_t> bytes) mutable {
    for (std::uint8_t& byte : bytes) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      byte = static_cast<std::uint8_t>(state >> 56);
    }
  };
}

class Life {
 public:
  Life(const std::string& vfs, const DiskFault& fault)
      : name_(vfs), vfs_(FaultVfs::install(vfs)), fault_(fault) {}

  DiskLife live() {
    const auto before = counted();
    if (fault_.nth > 0) {
      vfs_.fail_nth(fault_.nth, fault_.trouble);
    }
    if (open() || open_again()) {
      work();
    }
    if (over()) {
      vfs_.heal();
      if (shop_) {
        trade();  // on the engine that met it
      }
    }
    const bool closes_first = !over() || !fault_.power_goes;
    if (closes_first) {
      shop_.reset();
    }
    life_.met = fault_.nth > 0 ? vfs_.failed() : 0;
    vfs_.heal();
    const auto after = counted();
    for (std::size_t i = 0; i < after.size(); ++i) {
      life_.calls[i] = after[i] - before[i];
    }
    if (fault_.power_goes) {
      vfs_.power_loss(static_cast<std::uint64_t>(fault_.nth));
      shop_.reset();
      vfs_.power_on();
    }
    look_again();
    vfs_.forget_files();
    life_.acknowledged = book_.acknowledged();
    return std::move(life_);
  }

 private:
  [[nodiscard]] std::array<std::int64_t, FaultVfs::call_kinds> counted() const {
    std::array<std::int64_t, FaultVfs::call_kinds> calls{};
    for (std::size_t i = 0; i < calls.size(); ++i) {
      calls[i] = vfs_.calls(static_cast<FaultVfs::Call>(i));
    }
    return calls;
  }

  void problem(const std::string& text) { life_.problems.push_back(text); }

  // Whether the trouble has been met and been got over, or can be now.
  [[nodiscard]] bool over() const {
    return fault_.nth > 0 && vfs_.failed() > 0 && (healed_ || !fault_.trouble.stays);
  }

  bool open() {
    engine::use_seams({.vfs = name_, .durable = fault_.durable});
    Host host;
    host.random = same_random();
    Result<std::unique_ptr<Engine>> engine =
        Engine::open(busy_config(path_, now_ms_).dump(), std::move(host));
    engine::use_seams({});
    if (!engine.ok()) {
      refused(engine.error().reason);
      return false;
    }
    shop_ = std::make_unique<Shop>(std::move(engine).value());
    return true;
  }

  bool open_again() {
    heal();
    if (!open()) {
      problem("the file cannot be opened although nothing fails any more");
      return false;
    }
    return true;
  }

  void heal() {
    vfs_.heal();
    healed_ = true;
  }

  void refused(const std::string& reason) {
    ++life_.answers[reason];
    if (declared.count(reason) == 0) {
      problem("an answer was " + reason);
    }
  }

  // One call with a key. When it fails the shop is tried while the disk is still bad, the cause
  // goes away, and it is repeated.
  Json act(const char* operation, const Json& request) {
    const Json context{{"as", "host"}, {"idempotency_key", "key-" + std::to_string(++acts_)}};
    Outcome outcome = shop_->call(operation, request, context);
    if (!outcome.ok) {
      refused(outcome.reason());
      use_while_broken();
      heal();
      outcome = shop_->call(operation, request, context);
    }
    if (outcome.reason() == "idempotency.in_progress") {
      // An import that could not even give back its lease goes on when that has run out.
      wait();
      outcome = shop_->call(operation, request, context);
    }
    if (!outcome.ok) {
      problem(std::string(operation) + ", when nothing fails any more: " + outcome.reason());
      return nullptr;
    }
    return outcome.answer;
  }

  // The same, and the book hears of it.
  Json act_and_tell(const char* operation, const Json& request, const Json& about) {
    const std::string id = "key-" + std::to_string(acts_ + 1);
    Json event{{"id", id},
               {"operation", operation},
               {"context", {{"as", "host"}, {"idempotency_key", id}}},
               {"request", request}};
    event.update(about);
    book_.record(event);
    Json answer = act(operation, request);
    if (answer.is_object() && answer.value("outcome", "") == "deferred") {
      // The notice is kept and its effect was put off, which due work makes up for.
      heal();
      wait();
      act("system.run_due", {{"budget_ms", 10'000}});
      answer["outcome"] = "delivered";
    }
    if (!answer.is_null()) {
      book_.record({{"id", id}, {"answer", answer}});
    }
    return answer;
  }

  void wait() { act("system.advance_clock", {{"by_ms", later_ms}}); }

  // Reads and writes may succeed or be refused with a declared reason.
  void use_while_broken() {
    if (!stocked_) {
      return;
    }
    const Outcome read = shop_->call("stock.get", {{"sku_id", sku_}}, {{"as", "host"}});
    if (!read.ok) {
      refused(read.reason());
    }
    const Json context{{"as", "host"}, {"idempotency_key", "while-broken"}};
    const Json request{{"lines", {{{"sku_id", sku_}, {"quantity", 1}}}}};
    book_.record({{"id", "while-broken"},
                  {"operation", "order.place"},
                  {"context", context},
                  {"request", request}});
    const Outcome placed = shop_->call("order.place", request, context);
    if (placed.ok) {
      book_.record({{"id", "while-broken"}, {"answer", placed.answer}});
    } else {
      refused(placed.reason());
    }
  }

  void work() {
    if (!stock()) {
      return;
    }
    for (int n = 0; n < trades; ++n) {
      if (over() || !trade()) {
        return;
      }
    }
    if (over()) {
      return;
    }
    // Bulk work moves the log into the file between its slices, due work what is left of it.
    const auto before = std::filesystem::file_size(path_);
    if (!import("MORE-", more_codes) || over()) {
      return;
    }
    act("system.run_due", {{"budget_ms", 10'000}});
    life_.checkpointed_bytes = static_cast<std::int64_t>(std::filesystem::file_size(path_)) -
                               static_cast<std::int64_t>(before);
  }

  // Published goods and their codes, whatever fails.
  bool stock() {
    const Json category = act("category.create", {{"name", "Games"}});
    if (category.is_null()) {
      return false;
    }
    const Json made = act("goods.create", {{"category_id", category["category_id"]},
                                           {"name", "Steam card"},
                                           {"skus",
                                            {{{"name", "100 CNY"},
                                              {"unit_price_micros", 10'000'000},
                                              {"currency", "CNY"},
                                              {"delivery", "code"}}}}});
    if (made.is_null() || act("goods.publish", {{"goods_id", made["goods_id"]}}).is_null()) {
      return false;
    }
    sku_ = made["skus"][0]["sku_id"];
    book_.stocked(sku_, 0);
    stocked_ = import("CODE-", codes);
    return stocked_;
  }

  bool import(const std::string& prefix, int count) {
    std::string content;
    for (int i = 1; i <= count; ++i) {
      content += prefix + std::to_string(i) + "\n";
    }
    const Json request{{"sku_id", sku_},
                       {"format", "lines"},
                       {"encoding", "utf-8"},
                       {"content", content},
                       {"duplicates", "reject"}};
    return !act_and_tell("code.import", request, {{"count", count}}).is_null();
  }

  bool trade() {
    if (!stocked_ && !stock()) {
      return false;
    }
    const Json placed = act_and_tell(
        "order.place", {{"lines", {{{"sku_id", sku_}, {"quantity", 1}}}}}, Json::object());
    if (placed.is_null()) {
      return false;
    }
    const Json order{{"order_id", placed["order_id"]}};
    const Json about{{"order", placed["order_id"]}};
    Json begin = order;
    begin["provider"] = "sandbox";
    const Json begun = act_and_tell("payment.begin", begin, about);
    if (begun.is_null()) {
      return false;
    }
    const Json notice = act("sandbox.pay", {{"out_trade_no", begun["out_trade_no"]}});
    return !notice.is_null() &&
           !act_and_tell(
                "notice.receive",
                {{"provider", "sandbox"}, {"headers", notice["headers"]}, {"body", notice["body"]}},
                about)
                .is_null() &&
           !act_and_tell("code.reveal", order, about).is_null();
  }

  void look_again() {
    now_ms_ += later_ms * 2;
    Result<std::unique_ptr<Engine>> engine = Engine::open(busy_config(path_, now_ms_).dump());
    if (!engine.ok()) {
      problem("opened again: " + engine.error().reason);
      return;
    }
    Shop shop(std::move(engine).value());
    for (const std::string& found : book_.check(shop)) {
      problem(found);
    }
  }

  const std::string name_;
  FaultVfs& vfs_;
  const DiskFault fault_;
  const TempFolder folder_{TempFolder::in_memory()};
  const std::string path_ = folder_.file("shop.db");
  std::int64_t now_ms_ = first_ms;
  std::unique_ptr<Shop> shop_;
  std::string sku_;
  Book book_;
  int acts_ = 0;
  bool stocked_ = false;
  bool healed_ = false;
  DiskLife life_;
};

}  // namespace

DiskLife live_through(const std::string& vfs, const DiskFault& fault) {
  try {
    return Life(vfs, fault).live();
  } catch (const std::exception& exception) {
    DiskLife life;
    life.problems.push_back(std::string("thrown: ") + exception.what());
    return life;
  }
}

}  // namespace kameng::test
