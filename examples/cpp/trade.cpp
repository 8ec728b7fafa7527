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
  std::printf("   商品 goods %s\n   规格 sku %s, 单价 unit price 95.50 CNY\n",
              goods.goods_id.text().c_str(), goods.skus[0].sku_id.text().c_str());

  step(2, "导入卡密", "Import codes");
  code::Import import;
  import.sku_id = goods.skus[0].sku_id;
  import.content = read_file(codes_file);
  const auto report = must(engine.call(host, import));
  std::printf("   导入 imported %lld, 重复 duplicates %lld, 拒绝 rejected %lld\n",
              static_cast<long long>(report.imported), static_cast<long long>(report.duplicates),
              static_cast<long long>(report.rejected_total));
  for (const code::RejectedLine& line : report.rejected) {
    std::printf("   第 %lld 行 line %lld: %s\n", static_cast<long long>(line.line),
                static_cast<long long>(line.line), line.reason.c_str());
  }
  must(engine.call(host, goods::Publish{.goods_id = goods.goods_id}));
  return goods.skus[0].sku_id;
}

Context sign_in(Engine& engine, const std::string& email) {
  step(3, "注册并登录", "Register and sign in");
  account::Register person;
  person.email = email;
  person.password = "correct horse battery";
  const auto made = must(engine.call(Context::host(), person));
  const auto session =
      must(engine.call(Context{}, account::Login{.identifier = email,
                                                 .password = "correct horse battery",
                                                 .verification_id = {},
                                                 .code = {},
                                                 .factor_code = {}}));
  std::printf("   账户 account %s\n", made.account_id.text().c_str());
  Context customer;
  customer.token = session.token;
  return customer;
}

void show(const char* name, std::int64_t debit, std::int64_t credit, Currency currency,
          const char* remark) {
  std::printf("   %-18s debit %14s   credit %14s   %s\n", name,
              print_money({debit, currency}).c_str(), print_money({credit, currency}).c_str(),
              remark);
}

void print_balance(Engine& engine) {
  step(8, "试算平衡", "Trial balance");
  for (const auto& currency : must(engine.call(Context::host(), ledger::GetBalance{})).currencies) {
    for (const auto& account : currency.accounts) {
      show(account.code.c_str(), account.debit, account.credit, currency.currency, "");
    }
    const bool even = currency.debit == currency.credit;
    show("total", currency.debit, currency.credit, currency.currency,
         even ? "balanced / 平" : "NOT BALANCED / 不平");
    if (!even) {
      std::exit(1);
    }
  }
}

void check_audit(Engine& engine) {
  step(9, "校验审计证明", "Check an audit proof with public data");
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
  std::printf("   日志 log: %lld entries, signed root %s\n   公钥 verifier key %s\n",
              static_cast<long long>(checkpoint.size), checkpoint.root.c_str(),
              checkpoint.verifier_key.c_str());
  std::printf("   条目 entry %lld: %s\n   校验 checked with %zu hashes: %s\n",
              static_cast<long long>(*proof.position), proof.entry->c_str(), proof.proof.size(),
              verdict.detail.c_str());
  const auto checks = must(engine.call(Context::host(), system::Verify{}));
  std::printf("   自检 system.verify: %zu checks, %s\n", checks.checks.size(),
              checks.ok ? "all hold / 全部成立" : "FAULTS / 有错");
  if (!verdict.ok || !checks.ok) {
    std::exit(1);
  }
}

void show_order(Engine& engine, const order::Placed& placed, SkuId sku) {
  const auto held = must(engine.call(Context::host(), stock::Get{.sku_id = sku}));
  std::printf(
      "   订单 order %s, %s, 合计 total %s\n"
      "   库存 stock: 可售 available %lld, 锁定 held %lld\n",
      placed.order_id.text().c_str(), placed.status.c_str(), print_money(placed.total).c_str(),
      static_cast<long long>(held.available), static_cast<long long>(held.held));
}

void show_notice(const sandbox::SignedNotice& notice) {
  step(5, "支付通知", "The provider's signed notice");
  for (const Header& header : notice.headers) {
    std::printf("   %s: %s\n", header.name.c_str(), header.value.c_str());
  }
  std::printf("   %s\n", notice.body.c_str());
}

void show_delivery(const notice::Received& received) {
  step(6, "自动发货", "Delivery");
  std::printf("   结果 outcome %s, 回复渠道 reply to the provider: %d %s\n",
              received.outcome.c_str(), received.reply.status, received.reply.body.c_str());
}

// Orders two codes, pays at the sandbox, and reads them.
void trade(Engine& engine, const Context& customer, SkuId sku) {
  step(4, "下单锁卡", "Place an order: its codes are held");
  // [readme]
  order::Place place;
  place.lines = {{.sku_id = sku, .quantity = 2}};
  place.pay = order::PayRequest{.provider = "sandbox", .method = {}};
  const order::Placed placed = must(engine.call(customer, place));
  show_order(engine, placed, sku);

  // The provider's signed notice comes to the shop; here the sandbox writes it.
  sandbox::Pay pay;
  pay.out_trade_no = placed.payment->out_trade_no;
  const sandbox::SignedNotice notice = must(engine.call(Context::host(), pay));
  show_notice(notice);
  show_delivery(must(engine.call(Context{}, notice::Receive{.provider = "sandbox",
                                                            .headers = notice.headers,
                                                            .body = notice.body,
                                                            .body_base64 = {}})));

  const code::Reveal reveal{.order_id = placed.order_id, .lookup_secret = {}};
  const code::Revealed revealed = must(engine.call(customer, reveal));
  // [/readme]
  step(7, "查看卡密", "The customer reveals the codes");
  for (const code::RevealedCode& code : revealed.codes) {
    std::printf("   %s\n", code.text.c_str());
  }
}

// A text between quotes of a JSON document.
std::string quoted(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return '"' + out + '"';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: kameng_trade DATABASE KEY_FILE CODES_FILE\n");
    return 2;
  }
  const auto engine = must(Engine::open(
      R"({"storage":{"driver":"sqlite","path":)" + quoted(argv[1]) + R"(},"vault":{"key_file":)" +
      quoted(argv[2]) +
      R"(,"create":true},"providers":{"sandbox":{"enabled":true}},"allow_sandbox":true})"));
  const SkuId sku = publish_and_stock(*engine, argv[3]);
  // Each run is another customer, so that the example can run twice on one database.
  const auto entries = must(engine->call(Context::host(), system::Health{})).audit_entries;
  const Context customer = sign_in(*engine, "lin" + std::to_string(entries) + "@example.com");
  trade(*engine, customer, sku);
  print_balance(*engine);
  check_audit(*engine);
  return 0;
}
