"""Uses that a strict type checker refuses, each on the line that says with which code; never
run.
"""

from kameng import Engine

engine = Engine({"storage": {"driver": "sqlite", "path": ":memory:"}})
Engine({"storage": {"driver": "sqlite", "path": 5}})  # error: typeddict-item
engine.order.place({"lines": [{"sku_id": "sku_1", "quantitiy": 2}]})  # error: typeddict-item
engine.order.place({"lines": [{"sku_id": "sku_1", "quantity": "2"}]})  # error: typeddict-item
engine.order.place({"lines": []}, {"as": "root"})  # error: typeddict-item
engine.order.place({})  # error: typeddict-item
engine.order.place()  # error: call-arg
engine.code.import_({"sku_id": "sku_1", "format": "excel"})  # error: typeddict-item
engine.order.plaice({"lines": []})  # error: attr-defined
engine.order.place({"lines": []})["order"]  # error: typeddict-item
