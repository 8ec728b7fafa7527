// setting.cpp - see setting.hpp.
#include "setting.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "baseline.hpp"
#include "shop.hpp"

namespace kameng::bench {
namespace {

// As many trades as there are customers at a time, so that nobody has two unpaid orders: all place,
// then the sandbox signs, then the notices arrive. `recording` hears which parts are timed.
Spent run_trades(Shop& shop, const Setting& setting, int round, Recording* recording) {
  Spent spent;
  const auto note = [&](bool is_timed) {
    if (recording != nullptr) {
      recording->section(round, is_timed);
    }
  };
  for (int done = 0; done < setting.trades;) {
    const auto count = static_cast<std::size_t>(std::min(setting.customers, setting.trades - done));
    note(true);
    spent += measure_callers(setting.callers, count, [&](std::size_t i) { shop.place(i); });
    note(false);
    static_cast<void>(
        measure_callers(setting.callers, count, [&](std::size_t i) { shop.sign(i); }));
    note(true);
    spent += measure_callers(setting.callers, count, [&](std::size_t i) { shop.receive(i); });
    done += static_cast<int>(count);
  }
  return spent;
}

class Files {
 public:
  Files(const Setting& setting, std::string folder)
      : in_memory_(setting.in_memory), folder_(std::move(folder)) {}
  [[nodiscard]] std::string path(const std::string& name) const {
    return in_memory_ ? ":memory:" : folder_ + "/" + name + ".db";
  }
  void copy(const std::string& from, const std::string& to) const {
    std::filesystem::copy_file(path(from), path(to));
  }

 private:
  bool in_memory_;
  std::string folder_;
};

using OpenShop = std::unique_ptr<Shop> (*)(const std::string& config);

// A shop that is ready to trade. On disk it is a copy of the one that was prepared once.
std::unique_ptr<Shop> open_ready(OpenShop open, const Setting& setting, const Files& files,
                                 const std::string& name, const Stock& stock) {
  if (!setting.in_memory) {
    files.copy("prepared", name);
  }
  std::unique_ptr<Shop> shop = open(shop_config(files.path(name)));
  if (setting.in_memory) {
    static_cast<void>(shop->prepare({setting.goods, setting.codes, setting.customers}));
  } else {
    shop->use(stock);
  }
  return shop;
}

void record(Recording& recording, const Setting& setting, const Files& files, const Stock& stock) {
  recording.section(-1, false);
  recording.listen();
  const std::unique_ptr<Shop> shop = open_ready(open_cpp_shop, setting, files, "recorded", stock);
  for (int round = 0; round <= setting.rounds; ++round) {
    static_cast<void>(run_trades(*shop, setting, round, &recording));
  }
  recording.section(-2, false);
  shop->check(std::int64_t{setting.rounds + 1} * setting.trades);
  Recording::stop_listening();
}

// The copy of the database that the recording began with.
std::unique_ptr<Replay> open_replay(const Recording& recording, const Setting& setting,
                                    const Files& files) {
  if (!setting.in_memory) {
    files.copy("prepared", "replayed");
  }
  auto replay = std::make_unique<Replay>(recording, files.path("replayed"));
  static_cast<void>(replay->run(-1));
  return replay;
}

}  // namespace

Measured run_setting(const Setting& setting, const std::string& folder) {
  const Files files(setting, folder);
  Stock stock;
  if (!setting.in_memory) {
    stock = open_cpp_shop(shop_config(files.path("prepared")))
                ->prepare({setting.goods, setting.codes, setting.customers});
    load_baseline(files.path("minimal"), setting.codes);
  }
  Recording recording;
  record(recording, setting, files, stock);
  const auto replay = open_replay(recording, setting, files);
  if (setting.profiles) {
    for (int round = 0; round < setting.rounds; ++round) {
      static_cast<void>(replay->run(round));
    }
    replay->profile(setting.rounds, setting.trades);
    return {};
  }
  const auto cpp = open_ready(open_cpp_shop, setting, files, "cpp", stock);
  const auto c = open_ready(open_c_shop, setting, files, "c", stock);
  Measured measured;
  for (int round = 0; round <= setting.rounds; ++round) {
    const Spent minimal =
        run_baseline(files.path("minimal"), setting.callers, setting.codes, setting.trades);
    const Spent through_cpp = run_trades(*cpp, setting, round, nullptr);
    const Replayed replayed = replay->run(round);
    const Spent through_c = run_trades(*c, setting, round, nullptr);
    if (round > 0) {
      measured.minimal.push_back(minimal);
      measured.cpp.push_back(through_cpp);
      measured.replay.push_back(replayed);
      measured.c.push_back(through_c);
    }
  }
  // What was done must be right, or the figures mean nothing.
  const std::int64_t trades = std::int64_t{setting.rounds + 1} * setting.trades;
  cpp->check(trades);
  c->check(trades);
  if (replay->delivered() != trades) {
    fail("replay", "delivered " + std::to_string(replay->delivered()) + " orders");
  }
  return measured;
}

}  // namespace kameng::bench
