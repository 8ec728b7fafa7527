"""kameng - an embeddable engine for a digital-goods marketplace.

    from kameng import Engine, KamengError

    with Engine({"storage": {"driver": "sqlite", "path": "shop.db"}, ...}) as engine:
        engine.order.place({"lines": [{"sku_id": sku, "quantity": 2}]}, {"token": token})

Every operation is `engine.<noun>.<verb>(request, context)`; the documents are those of docs/api,
typed in `kameng.types`.
"""

from .engine import Engine
from .error import KamengError

__all__ = ["Engine", "KamengError"]
__version__ = "0.1.0"
