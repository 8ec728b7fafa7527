// order.hpp - what a host says and hears about orders.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/money.hpp>
#include <kameng/payment.hpp>

namespace kameng::order {

struct LineRequest {
  SkuId sku_id;
  std::int32_t quantity = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("sku_id", &LineRequest::sku_id, "What to buy.");
    f.required("quantity", &LineRequest::quantity, "How many codes.").range(1, 1000);
  }
};

struct PayRequest {
  std::string provider;
  std::optional<std::string> method;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("provider", &PayRequest::provider, "Name of a configured provider, or wallet.")
        .length(1, 32);
    f.optional("method", &PayRequest::method, "The provider's way of paying.").length(1, 32);
  }
};

struct Placed {
  OrderId order_id;
  std::string status;
  Money total;
  std::int64_t expires_at_ms = 0;
  std::optional<std::string> lookup_secret;
  std::optional<payment::Begun> payment;
  bool guest = false;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &Placed::order_id, "The order.");
    f.required("status", &Placed::status,
               "pending_payment, or delivered when a wallet paid at once.");
    f.required("total", &Placed::total, "What it costs.");
    f.required("expires_at_ms", &Placed::expires_at_ms, "Until when its codes are held.");
    f.required("guest", &Placed::guest, "True when only lookup_secret opens it.");
    f.optional("lookup_secret", &Placed::lookup_secret, "Opens a guest's order; shown here alone.")
        .secret();
    f.optional("payment", &Placed::payment, "As from payment.begin, when `pay` was given.");
  }
};

struct Place {
  static constexpr std::string_view operation = "order.place";
  using Answer = Placed;
  std::vector<LineRequest> lines;
  std::optional<std::string> contact;
  std::optional<PayRequest> pay;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("lines", &Place::lines, "What to buy.").count(1, 50);
    f.optional("contact", &Place::contact, "A guest's e-mail address or phone number.")
        .length(3, 254)
        .personal("contact of a guest's order");
    f.optional("pay", &Place::pay, "Begin the payment in the same step.");
  }
};

struct LineView {
  std::int32_t line = 0;
  SkuId sku_id;
  std::string name;
  std::int32_t quantity = 0;
  std::int64_t unit_price_micros = 0;
  Money amount;
  Money discount;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("line", &LineView::line, "From 1.");
    f.required("sku_id", &LineView::sku_id, "What was bought.");
    f.required("name", &LineView::name, "Its name when it was bought.");
    f.required("quantity", &LineView::quantity, "How many codes.");
    f.required("unit_price_micros", &LineView::unit_price_micros,
               "Frozen price, 10^-6 of the unit.");
    f.required("amount", &LineView::amount, "To pay; the list price, rounded half up, less:");
    f.required("discount", &LineView::discount, "What the customer's tier takes off.");
  }
};

struct View {
  OrderId order_id;
  std::string status;
  std::optional<AccountId> account_id;
  std::vector<LineView> lines;
  Money total;
  Money paid;
  std::int64_t created_at_ms = 0;
  std::int64_t expires_at_ms = 0;
  std::optional<std::int64_t> delivered_at_ms;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &View::order_id, "The order.");
    f.required("status", &View::status,
               "pending_payment, closing, paid, delivering, delivered, expired or cancelled.");
    f.optional("account_id", &View::account_id, "The customer; absent for a guest.");
    f.required("lines", &View::lines, "What was bought.");
    f.required("total", &View::total, "What it costs.");
    f.required("paid", &View::paid, "What has arrived and was not given back.");
    f.required("created_at_ms", &View::created_at_ms, "When it was placed.");
    f.required("expires_at_ms", &View::expires_at_ms, "Until when its codes are held.");
    f.optional("delivered_at_ms", &View::delivered_at_ms, "When its codes were delivered.");
  }
};

struct Get {
  static constexpr std::string_view operation = "order.get";
  using Answer = View;
  OrderId order_id;
  std::optional<std::string> lookup_secret;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &Get::order_id, "The order.");
    f.optional("lookup_secret", &Get::lookup_secret, "A guest's secret.").length(1, 128).secret();
  }
};

struct Page {
  std::vector<View> items;
  std::optional<std::string> next;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Page::items, "Newest first.");
    f.optional("next", &Page::next, "Cursor of the next page; absent on the last.");
  }
};

struct List {
  static constexpr std::string_view operation = "order.list";
  using Answer = Page;
  std::optional<AccountId> account_id;
  bool all = false;
  std::optional<std::string> cursor;
  std::int32_t limit = 20;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("account_id", &List::account_id,
               "For who may read orders: this customer's instead of one's own.");
    f.optional("all", &List::all, "For who may read orders: everybody's instead of one's own.");
    f.optional("cursor", &List::cursor, "`next` of the page before.").length(1, 64);
    f.optional("limit", &List::limit, "Orders a page.").range(1, 100);
  }
};

struct Cancelled {
  OrderId order_id;
  std::string status;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &Cancelled::order_id, "The order.");
    f.required("status", &Cancelled::status, "cancelled.");
  }
};

struct Cancel {
  static constexpr std::string_view operation = "order.cancel";
  using Answer = Cancelled;
  OrderId order_id;
  std::optional<std::string> lookup_secret;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &Cancel::order_id, "The order.");
    f.optional("lookup_secret", &Cancel::lookup_secret, "A guest's secret.")
        .length(1, 128)
        .secret();
  }
};

struct Forgotten {
  OrderId order_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &Forgotten::order_id, "The order; what was bought and paid stays.");
  }
};

struct Forget {
  static constexpr std::string_view operation = "order.forget";
  using Answer = Forgotten;
  OrderId order_id;
  std::optional<std::string> lookup_secret;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &Forget::order_id, "The order.");
    f.optional("lookup_secret", &Forget::lookup_secret, "A guest's secret.")
        .length(1, 128)
        .secret();
  }
};

struct Explanation {
  OrderId order_id;
  std::string status;
  std::string waits_for;
  std::string owner;
  std::optional<std::int64_t> until_ms;
  std::string text;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &Explanation::order_id, "The order.");
    f.required("status", &Explanation::status, "As order.get.");
    f.required("waits_for", &Explanation::waits_for,
               "payment, rest_of_payment, provider_answer, stock, refund, or nothing.");
    f.required("owner", &Explanation::owner,
               "Who owns the next step: customer, provider, system, staff, nobody.");
    f.optional("until_ms", &Explanation::until_ms,
               "Until when; then the engine goes on by itself. Absent when a person has to act.");
    f.required("text", &Explanation::text, "For people.");
  }
};

struct Explain {
  static constexpr std::string_view operation = "order.explain";
  using Answer = Explanation;
  OrderId order_id;
  std::optional<std::string> lookup_secret;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &Explain::order_id, "The order.");
    f.optional("lookup_secret", &Explain::lookup_secret, "A guest's secret.")
        .length(1, 128)
        .secret();
  }
};

}  // namespace kameng::order

namespace kameng::code {

struct RevealedCode {
  SkuId sku_id;
  std::string text;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("sku_id", &RevealedCode::sku_id, "What it is for.");
    f.required("text", &RevealedCode::text, "The code.").secret();
  }
};

struct Revealed {
  OrderId order_id;
  std::vector<RevealedCode> codes;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &Revealed::order_id, "The order.");
    f.optional("codes", &Revealed::codes, "The delivered codes, in the order's lines' order.")
        .secret();
  }
};

struct Reveal {
  static constexpr std::string_view operation = "code.reveal";
  using Answer = Revealed;
  OrderId order_id;
  std::optional<std::string> lookup_secret;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &Reveal::order_id, "A delivered order.");
    f.optional("lookup_secret", &Reveal::lookup_secret, "A guest's secret.")
        .length(1, 128)
        .secret();
  }
};

}  // namespace kameng::code
