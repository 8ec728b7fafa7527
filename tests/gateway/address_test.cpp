// address_test.cpp - addresses, networks, and whose address a request counts for.
#include <doctest/doctest.h>

#include "base/ip_address.hpp"
#include "gateway/client_address.hpp"

using namespace kameng;

TEST_SUITE("gateway") {
  // Goal: what is no address alone is no address.
  // Method: texts and what they print as; empty: refused.
  TEST_CASE("addresses from text") {
    const std::pair<const char*, const char*> cases[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"2001:DB8::1", "2001:db8::1"},
        {"::1", "::1"},
        {"", ""},
        {"192.0.2", ""},
        {"192.0.2.256", ""},
        {"192.0.2.01", ""},
        {"192.0.2.1:80", ""},
        {"[::1]", ""},
        {"fe80::1%eth0", ""},
        {" 192.0.2.1", ""},
        {"unknown", ""},
    };
    for (const auto& one : cases) {
      CAPTURE(one.first);
      const auto address = IpAddress::parse(one.first);
      CHECK((address ? address->to_text() : "") == one.second);
    }
  }

  // Goal: a network holds what its bits say, on both sides of the edge.
  // Method: networks, an address, and whether it is inside; malformed networks.
  TEST_CASE("networks hold their addresses") {
    struct Case {
      const char* network;
      const char* address;
      bool held;
    };
    const Case cases[] = {
        {"10.0.0.0/8", "10.255.255.255", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"192.0.2.128/25", "192.0.2.128", true},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"2001:db8::/33", "2001:db8:7fff::", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::/0", "8.8.8.8", true},
    };
    for (const Case& one : cases) {
      CAPTURE(one.network);
      CAPTURE(one.address);
      CHECK(IpNetwork::parse(one.network)->holds(*IpAddress::parse(one.address)) == one.held);
    }
    for (const char* const text : {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "/8",
                                   "10.0.0.0/8/8", "10.0.0.0/+8", "example.com"}) {
      CAPTURE(text);
      CHECK_FALSE(IpNetwork::parse(text));
    }
  }

  // Goal: only trusted proxies speak for a client, and the right-most address they do not trust
  // counts; a spoofed header moves nothing.
  // Method: peers and headers, and whom they come to.
  TEST_CASE("whose address counts") {
    struct Case {
      const char* header;  // that the configuration names
      const char* peer;
      Headers headers;
      const char* client;
    };
    const Case cases[] = {
        {"x-forwarded-for", "203.0.113.9", {{"X-Forwarded-For", "1.1.1.1"}}, "203.0.113.9"},
        {"x-forwarded-for", "10.0.0.1", {{"X-Forwarded-For", "1.1.1.1"}}, "1.1.1.1"},
        {"x-forwarded-for", "10.0.0.1", {{"X-Forwarded-For", "6.6.6.6, 1.1.1.1"}}, "1.1.1.1"},
        {"x-forwarded-for", "10.0.0.1", {{"X-Forwarded-For", "1.1.1.1, 10.0.0.2"}}, "1.1.1.1"},
        {"x-forwarded-for",
         "10.0.0.1",
         {{"X-Forwarded-For", "6.6.6.6"}, {"x-forwarded-for", "1.1.1.1"}},
         "1.1.1.1"},
        {"x-forwarded-for", "10.0.0.1", {{"X-Forwarded-For", "1.1.1.1, junk"}}, "10.0.0.1"},
        {"x-forwarded-for", "10.0.0.1", {{"X-Forwarded-For", "1.1.1.1:80"}}, "1.1.1.1"},
        {"x-forwarded-for", "10.0.0.1", {{"Forwarded", "for=6.6.6.6"}}, "10.0.0.1"},
        {"x-forwarded-for", "10.0.0.1", {}, "10.0.0.1"},
        {"forwarded", "10.0.0.1", {{"Forwarded", "for=1.1.1.1;proto=https"}}, "1.1.1.1"},
        {"forwarded",
         "2001:db8::5",
         {{"Forwarded", "for=6.6.6.6, proto=http; For=\"[2001:db9::1]:443\""}},
         "2001:db9::1"},
        {"forwarded", "10.0.0.1", {{"Forwarded", "for=_hidden"}}, "10.0.0.1"},
        {"forwarded", "10.0.0.1", {{"X-Forwarded-For", "6.6.6.6"}}, "10.0.0.1"},
    };
    for (const Case& one : cases) {
      engine::GatewayConfig config;
      config.trusted_proxies = {"10.0.0.0/8", "2001:db8::/32"};
      config.forwarded_header = one.header;
      CAPTURE(one.peer);
      CAPTURE(one.client);
      CHECK(gateway::client_address(config, *IpAddress::parse(one.peer), one.headers).to_text() ==
            one.client);
    }
  }
}
