// server_setting.cpp - see server_setting.hpp. Hot: all callers buy one sku; spread: 100 of them.
#include "server_setting.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "baseline.hpp"
#include "server_watch.hpp"
#include "shop.hpp"

namespace kameng::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr int goods = 100;
constexpr int claim_skus = 32;
constexpr int codes_of_restock = 100;

// What a round found of one kind: trades per second and what they cost.
struct Turn {
  double trades = 0;
  ServerSpent all, place;
  [[nodiscard]] double rate() const { return trades / all.spent.wall_s; }
  [[nodiscard]] double cpu_us() const { return all.spent.cpu_s * 1e6 / trades; }
  [[nodiscard]] double claim_rate() const { return trades / place.spent.wall_s; }
};

double median_of(const std::vector<Turn>& turns, const std::function<double(const Turn&)>& of) {
  std::vector<double> values;
  for (const Turn& turn : turns) {
    values.push_back(of(turn));
  }
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// As median_of, of the quotient of two kinds in the same round.
double median_quotient(const std::vector<Turn>& above, const std::vector<Turn>& below,
                       double (Turn::*of)() const) {
  std::vector<double> values;
  for (std::size_t i = 0; i < above.size(); ++i) {
    values.push_back((above[i].*of)() / (below[i].*of)());
  }
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class ServerRun {
 public:
  ServerRun(const ServerSetting& setting, const std::string& folder)
      : setting_(setting),
        watch_(watch_server(setting.driver, setting.dsn)),
        shop_(open_cpp_shop(shop_config(
            ServerPlace{setting.driver, setting.dsn, folder + "/key",
                        "bench" + std::to_string(::getpid()) + "_",
                        setting.connections > 0 ? setting.connections : setting.callers}))) {}

  void prepare() {
    std::fprintf(stderr, "preparing\n");
    stock_ = shop_->prepare({goods, 0, setting_.trades});
    const int kinds = 3 * (setting_.rounds + 1) + 4;
    restock(0, setting_.codes_of_sku + kinds * setting_.trades + setting_.ageing);
    for (std::size_t sku = 1; sku < stock_.sku_ids.size(); ++sku) {
      restock(sku, setting_.codes_of_sku);
    }
    for (const std::string kind : {"", "_hot"}) {
      watch_->make_place("minimal" + kind);
      static_cast<void>(output_of(program(kind), "--load " + place(kind) + " 100000"));
    }
  }

  Turn trade(std::size_t first_sku, std::size_t skus) {
    Stock chosen{{}, stock_.tokens};
    for (std::size_t i = first_sku; i < first_sku + skus; ++i) {
      chosen.sku_ids.push_back(stock_.sku_ids[i]);
    }
    shop_->use(chosen);
    const auto all = [&](void (Shop::*step)(std::size_t)) {
      static_cast<void>(measure_callers(setting_.callers, static_cast<std::size_t>(setting_.trades),
                                        [&](std::size_t seat) { (shop_.get()->*step)(seat); }));
    };
    Turn turn;
    turn.trades = setting_.trades;
    turn.place = watch_->measure(false, [&] { all(&Shop::place); });
    all(&Shop::sign);
    const ServerSpent receive = watch_->measure(false, [&] { all(&Shop::receive); });
    turn.all = turn.place;
    turn.all.spent += receive.spent;
    turn.all.waiting =
        (turn.place.waiting * turn.place.spent.wall_s + receive.waiting * receive.spent.wall_s) /
        turn.all.spent.wall_s;
    turn.all.locks = receive.locks < 0 ? -1 : turn.all.locks + receive.locks;
    turn.all.syncs += receive.syncs;
    turn.all.sync_s = receive.sync_s < 0 ? -1 : turn.all.sync_s + receive.sync_s;
    trades_ += setting_.trades;
    return turn;
  }

  Turn minimal(const std::string& kind) {
    Turn turn;
    std::string output;
    const std::string wire = setting_.driver == "postgres" ? " trip " : " ";
    const std::string arguments = place(kind) + " " + std::to_string(setting_.callers) +
                                  " 2 spread" + wire + std::to_string(setting_.minimal_s);
    turn.all = watch_->measure(true, [&] { output = output_of(program(kind), arguments); });
    turn.trades = number_after(output, " lc=");
    turn.all.spent.wall_s = turn.trades / number_after(output, "lc/s=");
    turn.place = turn.all;
    if (number_after(output, "twice=") != 0 || number_after(output, "errors=") != 0) {
      fail(program(kind), output);
    }
    return turn;
  }

  void check() { shop_->check(trades_); }
  [[nodiscard]] Json counters() { return shop_->counters(); }

 private:
  void restock(std::size_t sku, int count) {
    for (int done = 0; done < count; done += codes_of_restock) {
      shop_->restock(stock_.sku_ids[sku], codes_, codes_of_restock);
      codes_ += codes_of_restock;
    }
  }
  [[nodiscard]] std::string program(const std::string& kind) const {
    return "lifecycle_" + setting_.driver + kind;
  }
  // A schema or database of its own for each kind, for both have the same tables.
  [[nodiscard]] std::string place(const std::string& kind) const {
    const std::string name = "minimal" + kind;
    if (setting_.driver == "postgres") {
      return "'" + setting_.dsn + "&options=-csearch_path%3D" + name + "'";
    }
    return "'" + setting_.dsn.substr(setting_.dsn.find("socket=") + 7) + "' " + name;
  }

  const ServerSetting& setting_;
  std::unique_ptr<ServerWatch> watch_;
  std::unique_ptr<Shop> shop_;
  Stock stock_;
  int codes_ = 0;
  std::int64_t trades_ = 0;
};

struct Kinds {
  std::vector<Turn> minimal, minimal_hot, spread, hot, over_32;
};

Json figures(const std::vector<Turn>& turns) {
  const auto median = [&](double (*of)(const Turn&)) { return median_of(turns, of); };
  return {{"per_s", median([](const Turn& turn) { return turn.rate(); })},
          {"cpu_us", median([](const Turn& turn) { return turn.cpu_us(); })},
          {"waiting", median([](const Turn& turn) { return turn.all.waiting; })},
          {"lock_waits", median([](const Turn& turn) {
             return turn.all.locks < 0 ? -1 : turn.all.locks / turn.trades;
           })},
          {"syncs", median([](const Turn& turn) { return turn.all.syncs / turn.trades; })},
          {"sync_ms", median([](const Turn& turn) {
             return turn.all.sync_s < 0 ? -1 : turn.all.sync_s * 1e3 / turn.all.syncs;
           })}};
}

void print_line(const char* name, const Json& of) {
  const auto number = [&](const char* field) { return of[field].get<double>(); };
  std::printf("%-12s %8.0f %9.0f %9.1f %10.3f %8.3f %8.2f\n", name, number("per_s"),
              number("cpu_us"), number("waiting"), number("lock_waits"), number("syncs"),
              number("sync_ms"));
}

Json summary(const Kinds& kinds) {
  Json of{{"minimal", figures(kinds.minimal)},
          {"minimal_hot", figures(kinds.minimal_hot)},
          {"spread", figures(kinds.spread)},
          {"hot", figures(kinds.hot)},
          {"over_32", figures(kinds.over_32)}};
  of["ratios"] = {
      {"spread_of_minimal", median_quotient(kinds.spread, kinds.minimal, &Turn::rate)},
      {"spread_of_minimal_cpu", median_quotient(kinds.minimal, kinds.spread, &Turn::cpu_us)},
      {"hot_of_minimal_hot", median_quotient(kinds.hot, kinds.minimal_hot, &Turn::rate)},
      {"hot_of_minimal_hot_cpu", median_quotient(kinds.minimal_hot, kinds.hot, &Turn::cpu_us)},
      {"hot_of_spread", median_quotient(kinds.hot, kinds.spread, &Turn::rate)},
      {"claims_on_1_of_32", median_quotient(kinds.hot, kinds.over_32, &Turn::claim_rate)}};
  return of;
}

void print(const Json& of) {
  std::printf("%-12s %8s %9s %9s %10s %8s %8s\n", "", "trades/s", "CPU us", "waiting", "lock waits",
              "syncs", "sync ms");
  for (const char* name : {"minimal", "minimal_hot", "spread", "hot", "over_32"}) {
    print_line(name, of[name]);
  }
  for (const auto& [name, ratio] : of["ratios"].items()) {
    std::printf("%-24s %.2f\n", name.c_str(), ratio.get<double>());
  }
}

// The rate of claims of one sku at the start and after so many of its codes are sold, and the
// minimum's between them.
Json age(ServerRun& run, const ServerSetting& setting) {
  const auto look = [&] {
    std::vector<Turn> turns;
    for (int i = 0; i < 2; ++i) {
      turns.push_back(run.trade(0, 1));
    }
    return median_of(turns, [](const Turn& turn) { return turn.claim_rate(); });
  };
  const double before = look();
  for (int sold = 0; sold < setting.ageing; sold += setting.trades) {
    static_cast<void>(run.trade(0, 1));
    std::fprintf(stderr, "%d sold\n", sold + setting.trades);
  }
  const double after = look();
  std::printf("claims/s at the start %.0f, after %d sales %.0f: %.2f\n", before, setting.ageing,
              after, after / before);
  return {{"before", before}, {"after", after}};
}

}  // namespace

void run_server_setting(const ServerSetting& setting, const std::string& folder) {
  ServerRun run(setting, folder);
  run.prepare();
  Kinds kinds;
  for (int round = 0; round <= setting.rounds; ++round) {
    std::fprintf(stderr, "round %d of %d\n", round, setting.rounds);
    const Turn minimal = run.minimal("");
    const Turn spread = run.trade(0, goods);
    const Turn minimal_hot = run.minimal("_hot");
    const Turn hot = run.trade(0, 1);
    const Turn over_32 = run.trade(1, claim_skus);
    if (round > 0) {
      kinds.minimal.push_back(minimal);
      kinds.spread.push_back(spread);
      kinds.minimal_hot.push_back(minimal_hot);
      kinds.hot.push_back(hot);
      kinds.over_32.push_back(over_32);
    }
  }
  Json of = summary(kinds);
  of["engine"] = run.counters();
  std::printf("%s, %d callers, %d rounds\n", setting.driver.c_str(), setting.callers,
              setting.rounds);
  print(of);
  std::printf("engine: %s\n", of["engine"].dump().c_str());
  if (setting.ageing > 0) {
    of["claims"] = age(run, setting);
  }
  run.check();
  std::printf("%s\n", Json{{"bench", "lifecycle"},
                           {"driver", setting.driver},
                           {"callers", setting.callers},
                           {"rounds", setting.rounds},
                           {"figures", of}}
                          .dump()
                          .c_str());
}

}  // namespace kameng::bench
