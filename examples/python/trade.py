#!/usr/bin/env python3
"""trade.py - one sale from beginning to end, in memory.

    PYTHONPATH=bindings/python/src examples/python/trade.py build/release/libkameng.so
"""

import sys
import tempfile

from kameng import Engine
from kameng.types import Context

HOST: Context = {"as": "host"}

with (
    tempfile.TemporaryDirectory() as folder,
    Engine(
        {
            "storage": {"driver": "sqlite", "path": ":memory:"},
            "vault": {"key_file": f"{folder}/master.key", "create": True},
            "providers": {"sandbox": {"enabled": True}},
            "allow_sandbox": True,
        },
        library=sys.argv[1] if len(sys.argv) > 1 else None,
    ) as engine,
):
    # The shop: a category, goods with one SKU, its codes.
    category = engine.category.create({"name": "Game cards"}, HOST)["category_id"]
    star_coins = engine.goods.create(
        {
            "category_id": category,
            "name": "Star Coins",
            "skus": [{"name": "100 coins", "unit_price_micros": 9_990_000, "currency": "CNY"}],
        },
        HOST,
    )
    sku = star_coins["skus"][0]["sku_id"]
    codes = "STAR-0001\nSTAR-0002\nSTAR-0001\n"
    report = engine.code.import_({"sku_id": sku, "content": codes}, HOST)
    print(f"imported {report['imported']}, duplicates {report['duplicates']}")
    engine.goods.publish({"goods_id": star_coins["goods_id"]}, HOST)

    # [readme]
    # The customer signs in and orders; the code is held for fifteen minutes.
    engine.account.register({"email": "li.na@example.com", "password": "correct horse 9"}, HOST)
    login = engine.account.login({"identifier": "li.na@example.com", "password": "correct horse 9"})
    customer: Context = {"token": login["token"], "ip": "203.0.113.7"}
    order = engine.order.place(
        {"lines": [{"sku_id": sku, "quantity": 1}], "pay": {"provider": "sandbox"}}, customer
    )
    print(f"order {order['order_id']}: {order['status']}, {order['total']}")

    # The provider's signed notice arrives; here the sandbox writes it. A real one comes to your
    # notice URL.
    notice = engine.sandbox.pay({"out_trade_no": order["payment"]["out_trade_no"]}, HOST)
    received = engine.notice.receive(
        {"provider": "sandbox", "headers": notice["headers"], "body": notice["body"]}
    )
    print(f"notice: {received['outcome']}, answered with {received['reply']['status']}")

    # The customer reads the code; the books balance.
    revealed = engine.code.reveal({"order_id": order["order_id"]}, customer)
    print("codes:", *(code["text"] for code in revealed["codes"]))
    # [/readme]
    print("balanced:", engine.system.verify(context=HOST)["ok"])
