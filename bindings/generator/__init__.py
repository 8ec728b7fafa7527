"""The generators of bindings/generate.py: model.py reads the description, the others print."""
