// bench_import.cpp - the import of codes next to a plain loop in C on the same tables.
//
//   bench_import [--smoke] [--codes N] [--dir FOLDER]
//
// Both import the same files in turns, each in a process of its own. At a million codes and at the
// end it tells the ratios, the memory, and how long order.place takes while an import runs.
// docs/BENCHMARKS.md says how it is measured.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "baseline.hpp"
#include "folder.hpp"
#include "import_sqlite.h"
#include "shop.hpp"
#include "step_process.hpp"

namespace {

using namespace kameng::bench;  // NOLINT(google-build-using-namespace): a program of its own
using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

struct Options {
  bool smoke = false;
  int codes = 5'000'000;
  int codes_of_file = 40'000;  // nearly 1 MiB, the most that a call takes
  int customers = 1'000;
  std::string folder = ".";
};

// The engine's side: imports into the first sku, trades with the second.
class Importer {
 public:
  Importer(const Options& options, const std::string& path)
      : options_(options), shop_(open_cpp_shop(shop_config(path))) {
    Stock stock = shop_->prepare({2, 0, options.customers});
    for (int i = 0; i < 2 * options.customers; i += 100) {
      shop_->restock(stock.sku_ids[1], traded_codes_from + i, 100);
    }
    sku_id_ = stock.sku_ids[0];
    stock.sku_ids.erase(stock.sku_ids.begin());
    shop_->use(stock);
  }

  StepReport step(const StepOrder& order) {
    switch (order.kind) {
      case StepOrder::Kind::import:
        return import(order);
      case StepOrder::Kind::trade_meanwhile:
        return trade_meanwhile(order);
      case StepOrder::Kind::verify:
        shop_->check(0);
        break;
    }
    return {};
  }

 private:
  static constexpr int traded_codes_from = 90'000'000;

  StepReport import(const StepOrder& order) {
    std::string lines = code_lines(order.first, order.count);
    const std::int64_t commits = shop_->counters()["commits"];
    StepReport report;
    report.spent = measure([&] { shop_->import(sku_id_, std::move(lines)); });
    report.commits = shop_->counters()["commits"].get<std::int64_t>() - commits;
    return report;
  }

  // An order each 5 ms, as of a shop that is not at its limit, until the import is through.
  StepReport trade_meanwhile(const StepOrder& order) {
    std::atomic<bool> imports{true};
    std::thread importer([&] {
      for (int done = 0; done < order.count; done += options_.codes_of_file) {
        shop_->import(sku_id_, code_lines(order.first + done, options_.codes_of_file));
      }
      imports = false;
    });
    std::vector<double> ms;
    while (imports && ms.size() < static_cast<std::size_t>(options_.customers)) {
      const auto begin = Clock::now();
      shop_->place(next_seat_++ % static_cast<std::size_t>(options_.customers));
      ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
      std::this_thread::sleep_until(begin + std::chrono::milliseconds(5));
    }
    importer.join();
    std::sort(ms.begin(), ms.end());
    StepReport report;
    report.trades = static_cast<int>(ms.size());
    report.p50_ms = ms[ms.size() / 2];
    report.p99_ms = ms[ms.size() * 99 / 100];
    report.worst_ms = ms.back();
    return report;
  }

  const Options& options_;
  std::unique_ptr<Shop> shop_;
  std::string sku_id_;
  std::size_t next_seat_ = 0;
};

StepProcess::Step make_plain(const std::string& path) {
  const unsigned char sku_id[16] = {1, 2, 3};
  plain_import* import = plain_import_open(path.c_str(), sku_id);
  return [import](const StepOrder& order) {
    const std::string lines = code_lines(order.first, order.count);
    StepReport report;
    report.spent = measure([&] {
      plain_import_file(import, lines.data(), static_cast<long>(lines.size()), order.rows);
    });
    return report;
  };
}

struct Totals {
  Spent engine, plain;
  std::int64_t commits = 0;
  int codes = 0;
};

void print_totals(const char* of, const Totals& totals) {
  const auto us = [&](double seconds) { return seconds * 1e6 / totals.codes; };
  const auto bytes = [&](const Spent& spent) {
    return static_cast<double>(spent.wal_bytes) / totals.codes;
  };
  std::printf(
      "%s %d codes, us a code: ours %.1f (CPU %.1f, flushes %.1f), plain %.1f (%.1f, %.1f)\n", of,
      totals.codes, us(totals.engine.wall_s), us(totals.engine.cpu_s), us(totals.engine.sync_s),
      us(totals.plain.wall_s), us(totals.plain.cpu_s), us(totals.plain.sync_s));
  std::printf(
      "  ratio %.2f, by CPU %.2f; bytes of WAL a code: ours %.0f, plain %.0f; %.0f codes in"
      " a commit\n",
      totals.plain.wall_s / totals.engine.wall_s, totals.plain.cpu_s / totals.engine.cpu_s,
      bytes(totals.engine), bytes(totals.plain),
      static_cast<double>(totals.codes) / static_cast<double>(totals.commits));
}

Json json_of(const Totals& totals, const StepReport& memory, const StepReport& trades) {
  return {{"codes", totals.codes},
          {"ratio", totals.plain.wall_s / totals.engine.wall_s},
          {"ratio_cpu", totals.plain.cpu_s / totals.engine.cpu_s},
          {"us_per_code", totals.engine.wall_s * 1e6 / totals.codes},
          {"wal_bytes_per_code", static_cast<double>(totals.engine.wal_bytes) / totals.codes},
          {"plain_wal_bytes_per_code", static_cast<double>(totals.plain.wal_bytes) / totals.codes},
          {"resident_mib", memory.resident_kib / 1024},
          {"peak_mib", memory.peak_kib / 1024},
          {"place_p50_ms", trades.p50_ms},
          {"place_p99_ms", trades.p99_ms},
          {"place_worst_ms", trades.worst_ms}};
}

// The memory of a process that does nothing but have the engine open on this database.
int print_open(const std::string& path) {
  const auto shop = open_cpp_shop(shop_config(path));
  const std::int64_t opened = status_kib("VmRSS");
  shop->check(0);
  std::printf("resident: %ld KiB when open, %ld KiB after system.verify\n",
              static_cast<long>(opened), static_cast<long>(status_kib("VmRSS")));
  return 0;
}

Json run(const Options& options, const std::string& folder) {
  const std::string ours = folder + "/ours.db", plain = folder + "/plain.db";
  static_cast<void>(open_cpp_shop(shop_config(plain)));  // the same tables
  StepProcess engine([&] {
    auto importer = std::make_shared<Importer>(options, ours);
    return [importer](const StepOrder& order) { return importer->step(order); };
  });
  StepProcess loop([&] { return make_plain(plain); });
  Json marks = Json::array();
  Totals all, since_mark;
  // Both have seen a first, small file before anything counts.
  const StepReport small =
      engine.run({StepOrder::Kind::import, 80'000'000, std::min(10'000, options.codes_of_file), 0});
  std::printf("memory after %d codes: resident %ld MiB, peak %ld MiB\n",
              std::min(10'000, options.codes_of_file), static_cast<long>(small.resident_kib / 1024),
              static_cast<long>(small.peak_kib / 1024));
  int extra = 0;
  while (all.codes < options.codes) {
    const StepReport one =
        engine.run({StepOrder::Kind::import, all.codes, options.codes_of_file, 0});
    const int rows = options.codes_of_file / static_cast<int>(one.commits);
    const StepReport other =
        loop.run({StepOrder::Kind::import, all.codes, options.codes_of_file, rows});
    for (Totals* totals : {&all, &since_mark}) {
      totals->engine += one.spent;
      totals->plain += other.spent;
      totals->commits += one.commits;
      totals->codes += options.codes_of_file;
    }
    if (since_mark.codes >= 1'000'000 || all.codes >= options.codes) {
      print_totals("the last", since_mark);
      print_totals("all", all);
      std::printf("  memory: resident %ld MiB, peak %ld MiB\n",
                  static_cast<long>(one.resident_kib / 1024),
                  static_cast<long>(one.peak_kib / 1024));
      since_mark = {};
      StepReport trades;
      if (marks.empty() || all.codes >= options.codes) {
        const int count = 5 * options.codes_of_file;
        trades = engine.run({StepOrder::Kind::trade_meanwhile, 60'000'000 + extra, count, 0});
        extra += count;
        std::printf("  order.place while importing: p50 %.1f, p99 %.1f, worst %.1f ms of %d\n",
                    trades.p50_ms, trades.p99_ms, trades.worst_ms, trades.trades);
      }
      std::fflush(stdout);
      marks.push_back(json_of(all, one, trades));
    }
  }
  static_cast<void>(engine.run({StepOrder::Kind::verify, 0, 0, 0}));
  return marks;
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    if (name == "--smoke") {
      options.smoke = true;
      options.codes = 8'000;
      options.codes_of_file = 2'000;
      options.customers = 100;
    } else if (name == "--codes" && i + 1 < count) {
      options.codes = std::atoi(arguments[++i]);
    } else if (name == "--dir" && i + 1 < count) {
      options.folder = arguments[++i];
    } else if (name == "--open" && i + 1 < count) {
      return print_open(arguments[++i]);
    } else {
      fail(name, "not an option, or its value is missing");
    }
  }
  const Folder folder(std::filesystem::absolute(options.folder).string());
  const Json marks = run(options, folder.path());
  std::printf("%s", output_of("bench_import", "--open '" + folder.path() + "/ours.db'").c_str());
  std::printf("%s\n", Json{{"bench", "import"}, {"marks", marks}}.dump().c_str());
  return 0;
}
