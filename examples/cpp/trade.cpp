// trade.cpp - one real trade from C++: import, publish, register, order, pay, deliver, reveal,
// balance, prove.
//
// examples/quickstart builds and runs it. The codes and the password are made up.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include <kameng/account.hpp>
#include <kameng/audit.hpp>
#include <kameng/catalog.hpp>
#include <kameng/engine.hpp>
#include <kameng/ledger.hpp>
#include <kameng/notice.hpp>
#include <kameng/order.hpp>
#include <kameng/sandbox.hpp>
#include <kameng/system.hpp>
#include <kameng/vault.hpp>

namespace {

using namespace kameng;  // NOLINT(google-build-using-namespace): an example, short names

// The value, or the end of the program with the reason.
template <class T>
T must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "\n%s: %s\n", result.error().reason.c_str(),
                 result.error().message.c_str());
    std::exit(1);
  }
  return std::move(result).value();
}

void step(int number, const char* chinese, const char* english) {
  std::printf("\n%d. %s  %s\n", number, chinese, english);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

SkuId publish_and_stock(Engine& engine, const std::string& codes_file) {
  const Context host = Context::host();
  step(1, "上架商品", "Publish goods");
  const auto category =
      must(engine.call(host, category::Create{.name = "游戏点卡", .parent_id = {}}));
  const auto goods = must(engine.call(
      host, goods::Create{
                .category_id = category.category_id,
                .supplier_id = {},
                .commission_bp = {},
                .name = "Steam 充值卡",
                .description = "全球通用",
                .skus = {{.name = "100 元", .unit_price_micros = 95'500'000, .currency = {}}}}));
  std::printf("   goods %s, sku %s at 95.50 CNY\n", goods.goods_id.text().c_str(),
              goods.skus[0].sku_id.text().c_str());

  step(2, "导入卡密", "Import codes");
  code::Import import;
  import.sku_id = goods.skus[0].sku_id;
  import.content = read_file(codes_file);
  const auto report = must(engine.call(host, import));
  std::printf("   imported %lld, duplicates %lld, rejected %lld\n",
              static_cast<long long>(report.imported), static_cast<long long>(report.duplicates),
              static_cast<long long>(report.rejected_total));
  for (const code::RejectedLine& line : report.rejected) {
    std::printf("   line %lld: %s\n", static_cast<long long>(line.line), line.reason.c_str());
  }
  must(engine.call(host, goods::Publish{.goods_id = goods.goods_id}));
  return goods.skus[0].sku_id;
}

Context sign_in(Engine& engine, const std::string& email) {
  step(3, "注册并登录", "Register and sign in");
  const auto made = must(engine.call(
      Context{},
      account::Register{
          .email = email, .phone = {}, .password = "correct horse battery", .display_name = {}}));
  const auto session = must(engine.call(
      Context{}, account::Login{.identifier = email, .password = "correct horse battery"}));
  std::printf("   account %s\n", made.account_id.text().c_str());
  Context customer;
  customer.token = session.token;
  return customer;
}

void print_balance(Engine& engine) {
  step(8, "试算平衡", "Trial balance");
  for (const auto& currency : must(engine.call(Context::host(), ledger::GetBalance{})).currencies) {
    for (const auto& account : currency.accounts) {
      std::printf("   %-18s debit %10.2f   credit %10.2f\n", account.code.c_str(),
                  static_cast<double>(account.debit) / 100,
                  static_cast<double>(account.credit) / 100);
    }
    std::printf("   %-18s debit %10.2f   credit %10.2f   %s\n",
                std::string(currency.currency.code()).c_str(),
                static_cast<double>(currency.debit) / 100,
                static_cast<double>(currency.credit) / 100,
                currency.debit == currency.credit ? "balanced" : "NOT BALANCED");
  }
}

void check_audit(Engine& engine) {
  step(9, "审计证明", "Audit proof");
  const auto checkpoint = must(engine.call(Context::host(), audit::MakeCheckpoint{}));
  audit::Prove ask;
  ask.position = checkpoint.size;
  const auto proof = must(engine.call(Context::host(), ask));
  audit::Verify verify;
  verify.note = checkpoint.note;
  verify.verifier_key = checkpoint.verifier_key;
  verify.entry = proof.entry;
  verify.position = proof.position;
  verify.proof = proof.proof;
  const auto verdict = must(engine.call(Context{}, verify));
  std::printf("   %lld entries, root %s\n   entry %lld: %s\n   %s\n",
              static_cast<long long>(checkpoint.size), checkpoint.root.c_str(),
              static_cast<long long>(*proof.position), proof.entry->c_str(),
              verdict.detail.c_str());
  const auto checks = must(engine.call(Context::host(), system::Verify{}));
  std::printf("   system.verify: %zu checks, %s\n", checks.checks.size(),
              checks.ok ? "all hold" : "FAULTS");
  if (!verdict.ok || !checks.ok) {
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: trade DATABASE KEY_FILE CODES_FILE\n");
    return 2;
  }
  const std::string config =
      std::string(R"({"storage":{"driver":"sqlite","path":")") + argv[1] +
      R"("},"vault":{"key_file":")" + argv[2] +
      R"(","create":true},"providers":{"sandbox":{"enabled":true}},"allow_sandbox":true})";
  const auto engine = must(Engine::open(config));
  const Context host = Context::host();
  const SkuId sku = publish_and_stock(*engine, argv[3]);
  // Each run is another customer, so that the example can run twice on one database.
  const auto entries = must(engine->call(host, system::Health{})).audit_entries;
  const Context customer = sign_in(*engine, "lin" + std::to_string(entries) + "@example.com");

  step(4, "下单锁卡", "Place an order: its codes are held");
  order::Place place;
  place.lines = {{.sku_id = sku, .quantity = 2}};
  place.pay = order::PayRequest{.provider = "sandbox", .method = {}};
  const auto placed = must(engine->call(customer, place));
  const auto held = must(engine->call(host, stock::Get{.sku_id = sku}));
  std::printf("   order %s, %s, total %s\n   stock: available %lld, held %lld\n   pay at %s\n",
              placed.order_id.text().c_str(), placed.status.c_str(),
              print_money(placed.total).c_str(), static_cast<long long>(held.available),
              static_cast<long long>(held.held), placed.payment->pay->url.c_str());

  step(5, "支付通知", "The provider's signed notice");
  sandbox::Pay pay;
  pay.out_trade_no = placed.payment->out_trade_no;
  const auto notice = must(engine->call(host, pay));
  for (const Header& header : notice.headers) {
    std::printf("   %s: %s\n", header.name.c_str(), header.value.c_str());
  }
  std::printf("   %s\n", notice.body.c_str());

  step(6, "自动发货", "Delivery");
  notice::Receive receive;
  receive.provider = "sandbox";
  receive.headers = notice.headers;
  receive.body = notice.body;
  const auto received = must(engine->call(Context{}, receive));
  std::printf("   outcome %s, reply to the provider: %d %s\n", received.outcome.c_str(),
              received.reply.status, received.reply.body.c_str());

  step(7, "查看卡密", "The customer reveals the codes");
  for (const auto& code :
       must(engine->call(customer, code::Reveal{.order_id = placed.order_id, .lookup_secret = {}}))
           .codes) {
    std::printf("   %s\n", code.text.c_str());
  }
  print_balance(*engine);
  check_audit(*engine);
  return 0;
}
