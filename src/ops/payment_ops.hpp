// payment_ops.hpp - the operations of payments, notices, wallets, outgoing calls and the sandbox.
#pragma once

#include "ops/registry.hpp"
#include "order/order_service.hpp"
#include "payment/simulation_service.hpp"
#include "payment/wallet_service.hpp"

namespace kameng::ops {

void add_payment_operations(Registry& registry, order::OrderService& orders,
                            payment::WalletService& wallet, payment::SimulationService& simulation);

}  // namespace kameng::ops
