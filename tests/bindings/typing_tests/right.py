"""Uses that a strict type checker accepts; never run."""

from kameng import Engine, KamengError
from kameng.types import Config, Context, OrderPlaceAnswer, OrderPlaceRequest

config: Config = {
    "storage": {"driver": "sqlite", "path": ":memory:"},
    "providers": {"sandbox": {"enabled": True}},
}
customer: Context = {"token": "t", "ip": "203.0.113.7"}


def place(engine: Engine, sku: str) -> OrderPlaceAnswer:
    request: OrderPlaceRequest = {"lines": [{"sku_id": sku, "quantity": 2}]}
    try:
        return engine.order.place(request, customer)
    except KamengError as error:
        if error.reason == "stock.sold_out":
            print(error.field, error.retry)
        raise


with Engine(config) as engine:
    placed = place(engine, "sku_1")
    amount: int = placed["total"]["amount"]
    notice = engine.sandbox.pay({"out_trade_no": "1"}, {"as": "host"})
    engine.notice.receive(
        {"provider": "sandbox", "headers": notice["headers"], "body": notice["body"]}
    )
    engine.notice.receive({"provider": "sandbox", "headers": {"X-Sign": "1"}, "body": "{}"})
    engine.code.import_({"sku_id": "sku_1", "format": "lines", "content": "A"}, {"as": "host"})
    engine.ledger.balance(context={"as": "host"})
    engine.call("order.get", {"order_id": placed["order_id"]}, customer)
